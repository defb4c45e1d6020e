/**
 * How long the old subscription of a track keeps flowing beside its replacement, ms: until browsers show the
 * replacement.
 */
const REPLACED_MS = 2_000;

/** Subscriptions that have a replacement. */
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
