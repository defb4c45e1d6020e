import {
  EMPTY_STATE,
  type Event,
  evolve,
  type JsonObject,
  type RoomState,
  type Skipped,
} from "@tafelrunde/protocol";

/** The room state, folded from its stored events one by one. */
export class RoomLog {
  #state: RoomState = EMPTY_STATE;

  get state(): RoomState {
    return this.#state;
  }

  /** The last event seen; undefined before the first, when only a snapshot helps. */
  get since(): number | undefined {
    return this.#state.seq > 0 ? this.#state.seq : undefined;
  }

  /**
   * Folds `event` in. "gap": it, or the one before, is missing or does not fit, and only a resume helps.
   * "old": it was folded already.
   */
  append(event: Event | Skipped): "appended" | "old" | "gap" {
    if (event.seq <= this.#state.seq) return "old";
    if (event.seq !== this.#state.seq + 1) return "gap";
    this.#state = evolve(this.#state, event);
    return "appended";
  }

  /** Replaces everything by a snapshot. Returns false if it is invalid. */
  reset(snapshot: JsonObject): boolean {
    const isState = Object.entries(EMPTY_STATE).every(([slice, empty]) =>
      typeof snapshot[slice] === typeof empty && Array.isArray(snapshot[slice]) === Array.isArray(empty)
    );
    if (isState) this.#state = snapshot as unknown as RoomState;
    return isState;
  }
}
