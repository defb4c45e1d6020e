import type { NodeId, NodeOption, PlaceReason, RttByNode } from "@tafelrunde/protocol";
import type { MediaPlace } from "./api.ts";
import { after } from "./timer.ts";
import { forgetRtts, holds, rememberedRtts, rememberRtts } from "./rtt_memory.ts";

/** Time from the first measurement to the second, ms: the page has been loaded and drawn by then. */
export const AGAIN_MS = 3_000;

/** A round trip that is shorter by less than this changes no choice, ms (STAY_MS in edge/fleet/choose.ts). */
const ERROR_MS = 3;

/** What Places needs of the call. */
export interface MediaPlacesHost {
  setPlace(place: MediaPlace | undefined): void;
  /** The nodes have been measured, or measured again. */
  measured(rttByNode: RttByNode): void;
}

/** The distances of the media nodes, and the one that the person uses. */
export class MediaPlaces {
  readonly #host: MediaPlacesHost;
  readonly #life = new AbortController();
  #nodes: readonly NodeOption[] = [];
  #measured = rememberedRtts();
  #measuring: AbortController | undefined;
  #at: { readonly nodeId: NodeId; readonly why: PlaceReason | undefined } | undefined;

  constructor(host: MediaPlacesHost) {
    this.#host = host;
  }

  /** Round trips on this network, ms; undefined: not measured yet, or too long ago. */
  get rttByNode(): RttByNode | undefined {
    return this.#measured !== undefined && holds(this.#measured) ? this.#measured.rttByNode : undefined;
  }

  /** Takes the list of nodes; measures them unless that has been done. */
  offer(nodes: readonly NodeOption[]): void {
    this.#nodes = nodes;
    const { rttByNode } = this;
    const isKnown = nodes.every(({ nodeId, probeUrl }) =>
      probeUrl === null || rttByNode?.[nodeId] !== undefined
    );
    if (!isKnown) void this.#measure();
    this.#tell();
  }

  /** The media now goes through this node. */
  arrive(nodeId: NodeId, why: PlaceReason | undefined): void {
    this.#at = { nodeId, why };
    this.#tell();
  }

  /** The measurements are no longer valid. */
  networkChanged(): void {
    this.#measured = undefined;
    forgetRtts();
    void this.#measure();
  }

  close(): void {
    this.#life.abort();
    this.#measuring?.abort();
  }

  /**
   * Measures the nodes, and if there is a choice once more, because a page that has just loaded is busy: the
   * shorter round trips count.
   */
  async #measure(): Promise<void> {
    this.#measuring?.abort();
    if (this.#life.signal.aborted || this.#nodes.length === 0) return;
    const { signal } = this.#measuring = new AbortController();
    const first = await this.#probe(signal);
    if (signal.aborted || Object.keys(first).length === 0) return;
    this.#take(first);
    const again = async () => {
      const second = await this.#probe(signal);
      const best = shorter(first, second);
      const isWorth = Object.entries(best).some(([node, ms]) =>
        (first[node as NodeId] ?? Infinity) - ms >= ERROR_MS
      );
      if (!signal.aborted && isWorth) this.#take(best);
    };
    if (this.#nodes.length > 1) after(AGAIN_MS, () => void again(), signal);
  }

  /** The round trips to the nodes that answer. Never rejects. */
  async #probe(signal: AbortSignal): Promise<RttByNode> {
    return await import("./probe.ts").then(
      ({ measureNodes }) => measureNodes(this.#nodes, signal),
      (cause) => (console.warn("nodes are not measured", cause), {}),
    );
  }

  #take(rtts: RttByNode): void {
    this.#measured = rememberRtts(rtts);
    this.#host.measured(rtts);
    this.#tell();
  }

  #tell(): void {
    if (this.#at === undefined) return;
    const { nodeId, why } = this.#at;
    const region = this.#nodes.find((node) => node.nodeId === nodeId)?.region ?? undefined;
    this.#host.setPlace({ nodeId, region, rttMs: this.rttByNode?.[nodeId], why });
  }
}

/** For each node the shorter of two measurements; one that was measured once has that one. */
function shorter(one: RttByNode, other: RttByNode): RttByNode {
  return Object.fromEntries(
    Object.entries({ ...one, ...other }).map(([node, ms]) => [
      node,
      Math.min(ms, one[node as NodeId] ?? ms, other[node as NodeId] ?? ms),
    ]),
  );
}
