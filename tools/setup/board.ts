/** Longest silence about a running step if lines cannot be rewritten, ms. */
const REPEAT_MS = 10_000;

/** Where to write: standard output, or a test double. */
export interface Terminal {
  isTerminal(): boolean;
  writeSync(bytes: Uint8Array): number;
}

interface Line {
  text: string;
  readonly begunAt: number;
  shownAt: number;
  shownText: string;
}

/**
 * Shows running steps: on a terminal as one line each, rewritten in place; elsewhere (a log, CI) as a new
 * line when a step begins and ends, and about every 10 s in between.
 */
export class Board {
  readonly #out: Terminal;
  readonly #active = new Map<string, Line>();
  readonly #inPlace: boolean;
  readonly #width: number;
  #drawn = 0;

  constructor(out: Terminal = Deno.stdout) {
    this.#out = out;
    this.#inPlace = out.isTerminal();
    this.#width = this.#inPlace ? columns() : Infinity;
  }

  /** A step begins or has progressed. */
  tell(name: string, text: string): void {
    const now = Date.now();
    const line = this.#active.get(name) ?? { text, begunAt: now, shownAt: 0, shownText: "" };
    line.text = text;
    this.#active.set(name, line);
    if (this.#inPlace) this.#redraw([]);
    else if (now - line.shownAt >= REPEAT_MS && line.shownText !== text) {
      line.shownAt = now;
      line.shownText = text;
      this.#write(`${name}: ${text}\n`);
    }
  }

  /** A step is finished. */
  done(name: string): void {
    const line = this.#active.get(name);
    this.#active.delete(name);
    const seconds = line ? ` (${((Date.now() - line.begunAt) / 1000).toFixed(1)} s)` : "";
    this.#print(`${name}: done${seconds}`);
  }

  /** A step was only checked; nothing more is shown of it. */
  drop(name: string): void {
    if (this.#active.delete(name) && this.#inPlace) this.#redraw([]);
  }

  #print(text: string): void {
    if (this.#inPlace) this.#redraw([text]);
    else this.#write(`${text}\n`);
  }

  #redraw(above: string[]): void {
    const up = this.#drawn ? `\x1b[${this.#drawn}A\r\x1b[J` : "";
    const lines = [...above, ...[...this.#active].map(([name, { text }]) => `${name}: ${text}`)];
    this.#drawn = this.#active.size;
    this.#write(up + lines.map((line) => line.slice(0, this.#width - 1) + "\n").join(""));
  }

  #write(text: string): void {
    this.#out.writeSync(new TextEncoder().encode(text));
  }
}

function columns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}
