import type { NodeId, NodeOption, PlaceReason, RttByNode } from "@tafelrunde/protocol";
import type { MediaPlace } from "./api.ts";
import { forgetRtts, holds, rememberedRtts, rememberRtts } from "./rtt_memory.ts";

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

  async #measure(): Promise<void> {
    this.#measuring?.abort();
    if (this.#life.signal.aborted || this.#nodes.length === 0) return;
    const measuring = new AbortController();
    this.#measuring = measuring;
    const rtts = await import("./probe.ts").then(
      ({ measureNodes }) => measureNodes(this.#nodes, measuring.signal),
      (cause) => (console.warn("nodes are not measured", cause), {}),
    );
    if (measuring.signal.aborted) return;
    this.#measuring = undefined;
    if (Object.keys(rtts).length === 0) return;
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
