import type { EdgeId, NodeId } from "@tafelrunde/protocol";
import { isInside, type NodeAddress, type NodeProfile, type Residency } from "@tafelrunde/protocol/media";
import { warnOf } from "../faults.ts";
import type { Log } from "../log.ts";
import type { RegisteredNode } from "../store/node.ts";
import { FleetNode, type NodeEvents } from "./fleet_node.ts";

/** How often nodes that registered at other edges are looked for, ms. */
const LOOK_MS = 5_000;

/** How often it is noted that a node lives, ms; after a day without it is forgotten. */
const KEEP_MS = 10 * 60_000;

/** How long an edge waits for a node that registers to answer its call, ms. */
const CALL_BACK_MS = 3_000;

/** Where edges find nodes that registered. */
export interface RegistryStore {
  readRegisteredNodes(): Promise<RegisteredNode[]>;
  keepNode(address: NodeAddress, controlUrl: string | null): Promise<void>;
}

/** The nodes that this edge knows: those that it was told of, and those that registered. One connection to each. */
export class Registry implements AsyncDisposable {
  readonly #nodes = new Set<FleetNode>();
  readonly #store: RegistryStore;
  readonly #log: Log;
  readonly #make: (url: string, isRegistered: boolean) => FleetNode;
  #lookedAt = -Infinity;
  /** When it was last noted that a node lives, ms; -Infinity: another edge has noted it. None: it has only just said that it is there. */
  readonly #keptAt = new Map<FleetNode, number>();

  constructor(
    urls: readonly string[],
    options: {
      clusterKeys: readonly string[];
      edgeId: EdgeId;
      log: Log;
      store: RegistryStore;
      events: Omit<NodeEvents, "meets">;
      silenceMs?: number | undefined;
    },
  ) {
    this.#store = options.store;
    this.#log = options.log;
    const events: NodeEvents = {
      ...options.events,
      meets: (node, nodeId) => this.#meets(node, nodeId),
      returned: (node) => {
        this.#keep(node);
        options.events.returned(node);
      },
    };
    this.#make = (url, isRegistered) => new FleetNode(url, { ...options, isRegistered, events });
    for (const url of new Set(urls)) this.#nodes.add(this.#make(url, false));
  }

  get nodes(): readonly FleetNode[] {
    return [...this.#nodes];
  }

  find(nodeId: NodeId): FleetNode | undefined {
    return this.nodes.find((node) => node.nodeId === nodeId && node.isUp) ??
      this.nodes.find((node) => node.nodeId === nodeId);
  }

  /** The nodes that answer and that a room with these bounds may be on. */
  allowed(residency: Residency): readonly NodeProfile[] {
    return this.nodes.flatMap(({ isUp, connection: { profile } }) =>
      isUp && profile !== undefined && isInside(profile.address, residency) ? [profile] : []
    );
  }

  /** Origins that browsers send their echoes to, for the pages' content security policy. */
  get probeOrigins(): readonly string[] {
    const urls = this.nodes.flatMap(({ connection: { profile } }) => profile?.probeUrl ?? []);
    return [...new Set(urls.map((url) => new URL(url).origin))];
  }

  /** The node of this name, once it answers; undefined: it does not. An edge that has just begun knows none yet, and waits. */
  async settled(nodeId: NodeId): Promise<FleetNode | undefined> {
    for (;;) {
      const node = this.find(nodeId);
      if (node?.isUp) return node;
      const doubts = this.nodes.flatMap(({ nodeId: other, doubt }) =>
        doubt !== undefined && (other === undefined || other === nodeId) ? [doubt] : []
      );
      if (doubts.length === 0) return undefined;
      await Promise.race(doubts);
    }
  }

  /** Resolves when some node answers, and when those that a room is on do if this edge has not met them yet; or none may any more. */
  async settledFor(nodeIds: readonly NodeId[]): Promise<void> {
    for (;;) {
      const isKnown = nodeIds.every((nodeId) => this.find(nodeId) !== undefined);
      const isEnough = isKnown && this.nodes.some(({ isUp }) => isUp);
      const doubts = this.nodes.flatMap(({ isNew, doubt }) =>
        doubt !== undefined && (isNew || isKnown) ? [doubt] : []
      );
      if (isEnough || doubts.length === 0) return;
      await Promise.race(doubts);
    }
  }

  /** A node says that edges reach it at `controlUrl`. True: it does answer there, and proved the cluster key. */
  async register(controlUrl: string): Promise<boolean> {
    const node = this.#add(controlUrl);
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, CALL_BACK_MS));
    if (!node.isUp && node.doubt !== undefined) await Promise.race([node.doubt, deadline]);
    if (node.isUp) return true;
    const isDouble = this.nodes.some((other) => other !== node && other.isUp && other.nodeId === node.nodeId);
    if (node.nodeId === undefined || isDouble) await this.#remove(node);
    return isDouble;
  }

  /** Learns of nodes that registered at other edges, and forgets those that no edge has seen for a day. */
  async tend(): Promise<void> {
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    const registered = await this.#store.readRegisteredNodes();
    for (const { controlUrl, nodeId } of registered) {
      if (this.find(nodeId) === undefined) this.#keptAt.set(this.#add(controlUrl), -Infinity);
    }
    const urls = new Set(registered.map(({ controlUrl }) => controlUrl));
    for (const node of [...this.#keptAt.keys()]) {
      if (node.isRegistered && !node.isUp && !urls.has(node.url)) await this.#remove(node);
    }
    for (const node of this.#nodes) {
      if (node.isUp && now - (this.#keptAt.get(node) ?? -Infinity) > KEEP_MS) this.#keep(node);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
  }

  #add(controlUrl: string): FleetNode {
    const known = this.nodes.find(({ url }) => url === controlUrl);
    const node = known ?? this.#make(controlUrl, true);
    this.#nodes.add(node);
    return node;
  }

  async #remove(node: FleetNode): Promise<void> {
    this.#nodes.delete(node);
    this.#keptAt.delete(node);
    await node[Symbol.asyncDispose]();
  }

  /** A node that is reached in two ways is reached by the first that answered. */
  #meets(node: FleetNode, nodeId: NodeId): boolean {
    return !this.nodes.some((other) => other !== node && other.isUp && other.nodeId === nodeId);
  }

  #keep(node: FleetNode): void {
    this.#keptAt.set(node, performance.now());
    this.#store.keepNode(node.connection.profile!.address, node.isRegistered ? node.url : null).catch(
      (error) => {
        this.#keptAt.delete(node);
        warnOf(this.#log, "node.unkept", error);
      },
    );
  }
}
