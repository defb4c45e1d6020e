import type { MediaRequestOf } from "@tafelrunde/protocol/media";

type SetView = MediaRequestOf<"view.set">;

interface Waiting<Outcome> {
  latest: SetView;
  outcome: Promise<Outcome> | undefined;
}

/** What people want to see, where that waits for its turn: only the last that each has said is carried out, and answers for those before. */
export class LatestViews<Outcome> {
  readonly #waiting = new Map<string, Waiting<Outcome>>();

  /**
   * Takes a view of somebody's. `queue` has its work done in their turn; what it gives is the outcome of all views that came until then.
   */
  take(
    key: string,
    view: SetView,
    queue: (begin: () => SetView) => Promise<Outcome> | undefined,
  ): Promise<Outcome> | undefined {
    const before = this.#waiting.get(key);
    if (before !== undefined) {
      before.latest = view;
      return before.outcome;
    }
    const waiting: Waiting<Outcome> = { latest: view, outcome: undefined };
    this.#waiting.set(key, waiting);
    const forget = () => {
      if (this.#waiting.get(key) === waiting) this.#waiting.delete(key);
    };
    waiting.outcome = queue(() => {
      forget();
      return waiting.latest;
    });
    if (waiting.outcome === undefined) forget();
    return waiting.outcome;
  }

  /** Something else is asked for somebody: views that come after it are not carried out before it. */
  close(key: string): void {
    this.#waiting.delete(key);
  }
}
