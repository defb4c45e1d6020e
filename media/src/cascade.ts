import type { NodeId } from "@tafelrunde/protocol";
import type { NodeAddress, NodeProfile } from "@tafelrunde/protocol/media";
import { Upstream, type UpstreamLink, type UpstreamOptions } from "./upstream.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import { NodeLink } from "./node_link.ts";
import { type PipeAddresses, scopeBetween } from "./pipe_port.ts";

/**
 * How long a connection to another node stays open when no room needs it, ms: the next room that both are on,
 * or that flees to them from a third node, does not wait for TCP, TLS and the proof of the cluster key.
 */
const LINK_LINGER_MS = 10 * 60_000;

export interface CascadeOptions {
  readonly profile: NodeProfile;
  readonly clusterKeys: readonly string[];
  readonly ca: string | undefined;
  readonly addresses: PipeAddresses;
  readonly log: Log;
}

interface SharedLink {
  readonly url: string;
  readonly link: NodeLink;
  readonly users: Set<UpstreamLink>;
  profile: NodeProfile | undefined;
  linger: ReturnType<typeof setTimeout> | undefined;
}

/**
 * This node's connections to the nodes whose tracks it wants: one per node, regardless of the number of
 * rooms.
 */
export class Cascade implements Disposable {
  readonly #options: CascadeOptions;
  readonly #links = new Map<NodeId, SharedLink>();

  constructor(options: CascadeOptions) {
    this.#options = options;
  }

  get addresses(): PipeAddresses {
    return this.#options.addresses;
  }

  /** Follows a room on another node. */
  follow(
    node: NodeAddress,
    options: Pick<UpstreamOptions, "roomId" | "residency" | "events">,
  ): Upstream {
    const { addresses, log, profile } = this.#options;
    const scope = scopeBetween(profile.address, node);
    const url = scope === "private" ? node.privateUrl : node.publicUrl;
    let user: UpstreamLink | undefined;
    return new Upstream({
      ...options,
      node,
      scope,
      addresses,
      log,
      link: (events) => {
        if (url === null) {
          log.error("node.unreachable", { nodeId: node.nodeId, scope, reason: "it announces no address" });
          return undefined;
        }
        user = events;
        return this.#use(node.nodeId, url, events);
      },
      unlink: () => {
        if (user !== undefined) this.#unuse(node.nodeId, user);
      },
    });
  }

  #use(nodeId: NodeId, url: string, user: UpstreamLink): NodeLink {
    const shared = this.#links.get(nodeId);
    if (shared?.url === url) {
      clearTimeout(shared.linger);
      shared.linger = undefined;
      shared.users.add(user);
      const { profile } = shared;
      // Deferred, so that the caller has its link first.
      if (shared.link.isUp && profile !== undefined) queueMicrotask(() => user.up(profile));
      return shared.link;
    }
    if (shared !== undefined) this.#close(nodeId, shared);
    const { profile, clusterKeys, ca, log } = this.#options;
    const users = new Set([user]);
    const link = new NodeLink({
      url,
      nodeId,
      profile,
      clusterKeys,
      ca,
      log,
      events: {
        up: (profile) => {
          opened.profile = profile;
          for (const each of users) each.up(profile);
        },
        down: () => {
          for (const each of users) each.down();
        },
        notice: (notice) => {
          for (const each of users) each.notice(notice);
        },
      },
    });
    const opened: SharedLink = { url, link, users, profile: undefined, linger: undefined };
    this.#links.set(nodeId, opened);
    return link;
  }

  #unuse(nodeId: NodeId, user: UpstreamLink): void {
    const shared = this.#links.get(nodeId);
    if (shared === undefined || !shared.users.delete(user) || shared.users.size > 0) return;
    shared.linger = setTimeout(() => this.#close(nodeId, shared), LINK_LINGER_MS);
  }

  #close(nodeId: NodeId, shared: SharedLink): void {
    clearTimeout(shared.linger);
    if (this.#links.get(nodeId) === shared) this.#links.delete(nodeId);
    for (const each of shared.users) each.down();
    shared.link[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    for (const [nodeId, shared] of [...this.#links]) this.#close(nodeId, shared);
  }
}
