/** How long what a track came from before is sent beside what it comes from now, ms: until browsers show the latter. */
const REPLACED_MS = 2_000;

/** What others stand for already. */
export class Replaced implements Disposable {
  readonly #timers = new Map<{ close(): void }, ReturnType<typeof setTimeout>>();

  /** Closes it after REPLACED_MS. */
  keep(replaced: { close(): void }): void {
    const close = () => {
      this.#timers.delete(replaced);
      replaced.close();
    };
    this.#timers.set(replaced, setTimeout(close, REPLACED_MS));
  }

  [Symbol.dispose](): void {
    for (const [replaced, timer] of this.#timers) {
      clearTimeout(timer);
      replaced.close();
    }
    this.#timers.clear();
  }
}
