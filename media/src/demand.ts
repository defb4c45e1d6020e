/**
 * How long a publisher keeps sending a layer that has no viewers anymore, ms: longer than paging through a
 * gallery and back.
 */
export const DEMAND_FALL_MS = 5_000;

/** The largest wanted layer of one track. Set and get cost the number of layers, not of peers. */
export class Demand {
  readonly #wanted = new Map<string, number>();
  readonly #counts: number[];

  constructor(layers: number) {
    this.#counts = new Array<number>(layers).fill(0);
  }

  /** Largest wanted layer, -1 if there is none. */
  get layer(): number {
    return this.#counts.findLastIndex((count) => count > 0);
  }

  /** Records that `peerId` wants `layer` and all below it; -1 means none. */
  set(peerId: string, layer: number): void {
    const before = this.#wanted.get(peerId);
    if (before !== undefined) this.#counts[before]! -= 1;
    if (layer < 0 || layer >= this.#counts.length) {
      this.#wanted.delete(peerId);
      return;
    }
    this.#wanted.set(peerId, layer);
    this.#counts[layer]! += 1;
  }
}

/** Notifies the publisher of its track's demand: of a rise at once, of a fall once it has lasted. */
export class DemandTeller {
  readonly #demand: Demand;
  readonly #notify: (layer: number) => void;
  #told: number;
  #fall: ReturnType<typeof setTimeout> | undefined;

  /** Assumes that the publisher starts with all of `layers`. */
  constructor(layers: number, notify: (layer: number) => void) {
    this.#demand = new Demand(layers);
    this.#notify = notify;
    this.#told = layers - 1;
    this.#follow();
  }

  /** The layer last sent to the publisher. */
  get told(): number {
    return this.#told;
  }

  set(peerId: string, layer: number): void {
    this.#demand.set(peerId, layer);
    this.#follow();
  }

  #follow(): void {
    const { layer } = this.#demand;
    if (layer >= this.#told) this.#end();
    if (layer > this.#told) this.#say(layer);
    if (layer < this.#told) {
      this.#fall ??= setTimeout(() => {
        this.#fall = undefined;
        this.#say(this.#demand.layer);
      }, DEMAND_FALL_MS);
    }
  }

  #say(layer: number): void {
    this.#told = layer;
    this.#notify(layer);
  }

  #end(): void {
    clearTimeout(this.#fall);
    this.#fall = undefined;
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}
