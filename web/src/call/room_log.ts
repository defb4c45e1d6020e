import type { Event, JsonObject, RoomState, Skipped } from "@tafelrunde/protocol";
import type { Fold } from "./fold.ts";

/** Most events kept until they can be folded; a page that is slower than that resumes. */
const MAX_EARLY = 1_000;

/** Stands for the state until there is one: the lobby reads nothing else of it. */
const NOTHING = { seq: 0, participants: {}, waiting: {}, tracks: {} } as RoomState;

/**
 * The room state, folded from its stored events one by one. The code that folds loads after the lobby: events
 * that arrive before it are kept.
 */
export class RoomLog {
  #state: RoomState = NOTHING;
  #fold: Fold | undefined;
  #early: (Event | Skipped)[] = [];

  get state(): RoomState {
    return this.#state;
  }

  /** The last event seen; undefined before the first, when only a snapshot helps. */
  get since(): number | undefined {
    return this.#seq > 0 ? this.#seq : undefined;
  }

  get #seq(): number {
    return this.#early.at(-1)?.seq ?? this.#state.seq;
  }

  /** Folds from now on, and what was kept. */
  use(fold: Fold): void {
    this.#fold = fold;
    const snapshot = this.#state as unknown as JsonObject;
    this.#state = (this.#state.seq > 0 && fold.readSnapshot(snapshot)) || fold.EMPTY_STATE;
    for (const event of this.#early.splice(0)) this.append(event);
  }

  /**
   * Folds `event` in. "gap": it, or the one before, is missing or does not fit, and only a resume helps.
   * "old": it was folded already.
   */
  append(event: Event | Skipped): "appended" | "old" | "gap" {
    if (event.seq <= this.#seq) return "old";
    if (event.seq !== this.#seq + 1 || this.#early.length >= MAX_EARLY) return "gap";
    if (this.#fold === undefined) this.#early.push(event);
    else this.#state = this.#fold.evolve(this.#state, event);
    return "appended";
  }

  /** Replaces what depends on one's space, as it is after event `seq`. "gap": only a resume helps. */
  replace(seq: number, slices: JsonObject): "replaced" | "gap" {
    if (this.#fold === undefined || seq !== this.#state.seq) return "gap";
    this.#state = this.#fold.withSlices(this.#state, slices);
    return "replaced";
  }

  /** Replaces everything by a snapshot. Returns false if it is invalid. */
  reset(snapshot: JsonObject): boolean {
    if (typeof snapshot.seq !== "number") return false;
    const state = this.#fold === undefined
      ? snapshot as unknown as RoomState
      : this.#fold.readSnapshot(snapshot);
    if (state === undefined) return false;
    this.#early = [];
    this.#state = state;
    return true;
  }
}
