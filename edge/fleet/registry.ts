import type { EdgeId, NodeId } from "@tafelrunde/protocol";
import { isInside, type NodeAddress, type NodeProfile, type Residency } from "@tafelrunde/protocol/media";
import { warnOf } from "../store/unavailable.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { RegisteredNode } from "../store/node.ts";
import { FleetNode, type NodeEvents } from "./fleet_node.ts";

/** Interval at which nodes registered at other edges are looked up, ms. */
const LOOK_MS = 5_000;

/** Interval at which a live node is recorded, ms; after a day without that it is forgotten. */
const KEEP_MS = 10 * 60_000;

/** How long an edge waits for a registering node to answer its call, ms. */
const CALL_BACK_MS = 3_000;

/** The store of registered nodes. */
export interface RegistryStore {
  readRegisteredNodes(): Promise<RegisteredNode[]>;
  keepNode(address: NodeAddress, controlUrl: string | null): Promise<void>;
}

/** The nodes that this edge knows, from its configuration or by registration. One connection to each. */
export class Registry implements AsyncDisposable {
  readonly #nodes = new Set<FleetNode>();
  readonly #store: RegistryStore;
  readonly #log: Log;
  readonly #make: (url: string, isRegistered: boolean) => FleetNode;
  #lookedAt = -Infinity;
  /**
   * When a node was last recorded as alive, ms; -Infinity: another edge recorded it; no entry: it has just
   * registered.
   */
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

  /** The nodes that are up and allowed by these residency rules. */
  allowed(residency: Residency): readonly NodeProfile[] {
    return this.nodes.flatMap(({ isUp, connection: { profile } }) =>
      isUp && profile !== undefined && isInside(profile.address, residency) ? [profile] : []
    );
  }

  /** Origins of the nodes' probe URLs, for the pages' content security policy. */
  get probeOrigins(): readonly string[] {
    const urls = this.nodes.flatMap(({ connection: { profile } }) => profile?.probeUrl ?? []);
    return [...new Set(urls.map((url) => new URL(url).origin))];
  }

  /**
   * The node with this id, once it answers; undefined: it does not. An edge that has just started knows no
   * nodes yet, and waits.
   */
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

  /**
   * Resolves when some node answers and all nodes of the room are known, or when no further node can be
   * waited for.
   */
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

  /** A node asks to be registered at `controlUrl`. True: it answers there, and has proved the cluster key. */
  async register(controlUrl: string): Promise<boolean> {
    const node = this.#add(controlUrl);
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, CALL_BACK_MS));
    if (!node.isUp && node.doubt !== undefined) await Promise.race([node.doubt, deadline]);
    if (node.isUp) return true;
    const isDouble = this.nodes.some((other) => other !== node && other.isUp && other.nodeId === node.nodeId);
    if (node.nodeId === undefined || isDouble) await this.#remove(node);
    return isDouble;
  }

  /** Adds nodes registered at other edges, and forgets those that no edge has seen for a day. */
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

  /** If a node is reachable by two URLs, the first one that answered is used. */
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
