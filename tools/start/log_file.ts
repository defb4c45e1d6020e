/** Size at which a log file is rotated; the previous one is kept, bytes. */
const LIMIT_BYTES = 10_000_000;

/**
 * A log on disk, `<path>`, and the previous one, `<path>.1`; readable by its owner only, never more than
 * twice the limit.
 */
export class LogFile {
  #file: Deno.FsFile;
  #sizeBytes = 0;

  /** Starts a new log; throws if its folder cannot be written. */
  constructor(path: string) {
    this.#path = path;
    this.#file = this.#begin();
  }

  /** Appends a line. */
  write(line: string): void {
    const bytes = new TextEncoder().encode(`${line}\n`);
    if (this.#sizeBytes + bytes.length > LIMIT_BYTES) {
      this.#file.close();
      this.#file = this.#begin();
    }
    this.#sizeBytes += bytes.length;
    this.#file.writeSync(bytes);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  readonly #path: string;

  #begin(): Deno.FsFile {
    try {
      Deno.renameSync(this.#path, `${this.#path}.1`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    this.#sizeBytes = 0;
    return Deno.openSync(this.#path, { create: true, append: true, mode: 0o600 });
  }
}
