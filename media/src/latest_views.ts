import type { MediaRequestOf } from "@tafelrunde/protocol/media";

type SetView = MediaRequestOf<"view.set">;

interface Waiting<Outcome> {
  latest: SetView;
  outcome: Promise<Outcome> | undefined;
}

/**
 * Coalesces queued view requests: only each peer's latest view is carried out, and its outcome answers the
 * earlier ones too.
 */
export class LatestViews<Outcome> {
  readonly #waiting = new Map<string, Waiting<Outcome>>();

  /**
   * Accepts a view request. `queue` schedules the work in the peer's serial queue; its outcome is that of all
   * views that arrived until then.
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

  /** Marks that another request was queued for this peer: later views must not be carried out before it. */
  close(key: string): void {
    this.#waiting.delete(key);
  }
}
