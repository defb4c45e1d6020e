import type { Log } from "@tafelrunde/protocol/process/log";
import { Places } from "@tafelrunde/protocol/process/places";
import { onBehalfOf } from "./asker.ts";
import { FairTurns } from "./fair_turns.ts";
import { ProcessorUse } from "./runtime/processor_use.ts";

/**
 * Requests of one address answered at the same time, whatever else has arrived. For a school's first page
 * each browser sends several; answered one after another they are as fast as all at once, because one thread
 * answers them.
 */
export const PLACES_PER_ADDRESS = 2;

/**
 * How long a request occupies its place, and is charged, ms: a request that waits for its own body, or for a
 * password check, must not block others.
 */
export const PLACE_MS = 20;

export interface FairPlacesOptions {
  readonly placeMs?: number;
  readonly now?: () => number;
  /** Whether this process is busy: otherwise no request waits for credit. */
  readonly use?: Pick<ProcessorUse, "isHigh">;
}

/** A source of further work, which is paused while work waits. */
export interface Source {
  pause(): void;
  resume(): void;
}

/**
 * The places of an edge for requests and messages: addresses take turns, and work is done on behalf of its
 * address.
 */
export class FairPlaces implements Disposable {
  readonly #turns: FairTurns;
  readonly #places: Places;

  constructor(log: Log, { placeMs = PLACE_MS, now, use = new ProcessorUse() }: FairPlacesOptions = {}) {
    this.#turns = new FairTurns(log);
    this.#places = new Places({
      perKey: () => PLACES_PER_ADDRESS,
      placeMs,
      now,
      isBusy: () => use.isHigh,
      inTurn: (key, start) => this.#turns.push(key, () => onBehalfOf(key, start)),
    });
  }

  /**
   * Calls `begin` for `key` when it is its turn; `begin` must call `leave` when the work is done. The caller
   * must bound the queue.
   */
  enter(key: string, begin: (leave: () => void) => void): void {
    this.#places.enter(key, begin);
  }

  /**
   * Runs `work` for `key`: at once if it has credit, otherwise when it is its turn. `source` is paused
   * meanwhile. Rejects if `work` does.
   */
  async run(key: string, work: () => Promise<void>, source: Source): Promise<void> {
    let leave = this.#places.enterNow(key);
    if (leave === undefined) {
      source.pause();
      leave = await new Promise<() => void>((entered) => this.#places.enter(key, entered));
      source.resume();
    }
    await onBehalfOf(key, work).finally(leave);
  }

  /** Charges `key` for `ms` of work done elsewhere. */
  charge(key: string, ms: number): void {
    this.#places.charge(key, ms);
  }

  /**
   * From now on no work waits for credit: this process is about to end, and finishes pending requests first.
   */
  lift(): void {
    this.#places.lift();
  }

  [Symbol.dispose](): void {
    this.#turns[Symbol.dispose]();
    this.#places[Symbol.dispose]();
  }
}
