/** How long a publisher goes on sending a layer that nobody wants any more, ms: longer than paging through a gallery and back. */
export const DEMAND_FALL_MS = 5_000;

/** The largest layer of one track that anyone wants. Setting and reading cost the number of layers, not of peers. */
export class Demand {
  readonly #wanted = new Map<string, number>();
  readonly #counts: number[];

  constructor(layers: number) {
    this.#counts = new Array<number>(layers).fill(0);
  }

  /** Largest wanted layer, -1 when nobody wants any. */
  get layer(): number {
    return this.#counts.findLastIndex((count) => count > 0);
  }

  /** Notes that `peerId` wants `layer` and all below it; -1: nothing. */
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

/** Passes a demand on to its publisher: a rise at once, a fall when it has lasted. */
export class DemandTeller {
  readonly #demand: Demand;
  readonly #tell: (layer: number) => void;
  #told: number;
  #fall: ReturnType<typeof setTimeout> | undefined;

  /** Assumes that the publisher starts with all of `layers`. */
  constructor(layers: number, tell: (layer: number) => void) {
    this.#demand = new Demand(layers);
    this.#tell = tell;
    this.#told = layers - 1;
    this.#follow();
  }

  /** The layer that the publisher was told last. */
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
    this.#tell(layer);
  }

  #end(): void {
    clearTimeout(this.#fall);
    this.#fall = undefined;
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}
