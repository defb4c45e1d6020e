import type { Socket } from "node:net";
import type { Counter } from "prom-client";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";
import { addressKey, networksOf } from "./network_address.ts";
import { type SlowReader, Unread } from "./rooms/unread.ts";

/** Longest time from connecting to the first request, ms. */
export const FIRST_REQUEST_MS = 10_000;

/**
 * Longest idle time between two requests, ms: longer than that of proxies, so that they close the connection;
 * otherwise a request sent meanwhile is lost (502). nginx keeps connections 60 s, Traefik 90 s, Caddy 120 s,
 * Google's load balancers 600 s. Idle connections block nobody: a new one replaces the one that is idle for
 * longest.
 */
export const KEEP_ALIVE_MS = 620_000;

/** Longest time for a request's headers, and for the whole request, ms. */
export const HEADERS_WITHIN_MS = 10_000;
export const REQUEST_WITHIN_MS = 30_000;

/** A client that reads nothing of its answer for this time is disconnected, ms. */
export const UNREAD_MS = 15_000;

/** With more unread bytes than this, a client that sends another request is disconnected. */
export const UNREAD_PER_CONNECTION = 1024 * 1024;

/**
 * Most requests in progress on one connection: no browser or proxy sends the next before it has the answer.
 */
export const PIPELINED_LIMIT = 4;

/** Interval at which connections are checked, ms. */
const LOOK_MS = 1_000;

/**
 * Connections of one address, as a share of all. A school has one address; each browser uses a signaling
 * socket, and a few more connections at the start.
 */
export const SHARE_PER_ADDRESS = 1 / 4;

/**
 * The share of a wider IPv6 network (`networksOf`), whose multiple would be larger: the rest stays for
 * others.
 */
export const SHARE_PER_NETWORK = 1 / 2;

/** Files that the edge needs besides connections: store, bus, media nodes, mail, standard streams. */
const OTHER_FILES = 100;

/** File descriptors per connection: its own, and those that an answer opens for a moment. */
const FILES_PER_CONNECTION = 1.1;

/** Number of connections for this number of open files; at least 16. */
export function connectionsFor(openFiles: number): number {
  return Math.max(16, Math.floor((openFiles - Math.min(OTHER_FILES, openFiles / 2)) / FILES_PER_CONNECTION));
}

export interface ConnectionsOptions {
  readonly log: Log;
  /** Counts connections that were closed because of their number or slowness, by reason. */
  readonly shed: Counter<"why">;
  /** Most connections. */
  readonly inAll: number;
  /** Whether the peer is a proxy, which has many clients. */
  readonly isProxy: (address: string) => boolean;
  /** Called for each connection and each request. */
  readonly came?: () => void;
  readonly now?: () => number;
}

interface Held extends SlowReader {
  readonly socket: Socket;
  /** The groups whose shares it counts against. */
  readonly groups: readonly Group[];
  /** Number of requests in progress. */
  busy: number;
  isUpgraded: boolean;
  /** When it last became idle. */
  idleSince: number;
  hasAsked: boolean;
  unreadBytes: number;
  /** Bytes that the system has taken of all that was written; while this grows, the client reads. */
  takenBytes: number;
  unreadSince: number;
}

/** The connections of one address or network, or all of them. */
interface Group {
  readonly key: string;
  size: number;
  /** Idle connections; the one idle for longest is first. */
  readonly resting: Set<Held>;
}

/**
 * The connections of a server, counted per address, per IPv6 network around it and in total, so that open
 * files are always left for others. A new connection replaces the one idle for longest (of its address or
 * network, if that has used its share); if none is idle, it is refused.
 */
export class Connections implements Disposable {
  readonly #options: ConnectionsOptions;
  readonly #now: () => number;
  readonly #held = new Map<Socket, Held>();
  readonly #all: Group = makeGroup("");
  readonly #groups = new Map<string, Group>();
  readonly #unread = new Unread();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#timer = setInterval(guarded(options.log, "job", () => this.look()), LOOK_MS);
  }

  get size(): number {
    return this.#held.size;
  }

  /** Counts a new connection. */
  add(socket: Socket): void {
    const { inAll, isProxy, came } = this.#options;
    came?.();
    const peer = socket.remoteAddress ?? "";
    const address = addressKey(peer);
    for (const { key, times } of isProxy(peer) ? [] : networksOf(address)) {
      const group = this.#groups.get(key);
      const share = Math.min(SHARE_PER_ADDRESS * times, times > 1 ? SHARE_PER_NETWORK : SHARE_PER_ADDRESS);
      const isFull = group !== undefined && group.size >= Math.max(8, inAll * share);
      if (isFull && !this.#endResting("address", group)) return this.shed(socket, "address");
    }
    if (this.#all.size >= inAll && !this.#endResting("full", this.#all)) return this.shed(socket, "full");
    const groups = [this.#all, ...networksOf(address).map(({ key }) => this.#groupOf(key))];
    const held: Held = {
      socket,
      groups,
      address,
      busy: 0,
      isUpgraded: false,
      idleSince: this.#now(),
      hasAsked: false,
      unreadBytes: 0,
      takenBytes: 0,
      unreadSince: 0,
      endUnread: () => this.shed(socket, "unread"),
    };
    this.#held.set(socket, held);
    for (const group of groups) group.size++;
    this.#rest(held);
    socket.once("close", () => this.#forget(held));
  }

  /** A request arrived. False: the connection is not counted, or was closed because of this request. */
  began(socket: Socket): boolean {
    this.#options.came?.();
    const held = this.#held.get(socket);
    if (held === undefined) return false;
    held.busy++;
    held.hasAsked = true;
    this.#work(held);
    this.#lookUnread(held, this.#now());
    if (held.unreadBytes > UNREAD_PER_CONNECTION) this.shed(socket, "unread");
    else if (held.busy > PIPELINED_LIMIT) this.shed(socket, "pipelined");
    return !socket.destroyed;
  }

  /**
   * An answer was written. Its unread bytes count from now on, not from the next check: otherwise other
   * clients would have to pay for them.
   */
  wrote(socket: Socket): void {
    const held = this.#held.get(socket);
    if (held !== undefined) this.#lookUnread(held, this.#now());
  }

  /** An answer is complete, or has no reader anymore. */
  ended(socket: Socket): void {
    const held = this.#held.get(socket);
    if (held === undefined) return;
    held.busy--;
    held.idleSince = this.#now();
    this.#rest(held);
    this.#lookUnread(held, this.#now());
  }

  /** The connection is a WebSocket from now on, with its own timeouts. */
  upgraded(socket: Socket): void {
    const held = this.#held.get(socket);
    if (held === undefined) return;
    held.isUpgraded = true;
    this.#work(held);
    this.#lookUnread(held, this.#now());
  }

  /** Closes connections that are too slow; call once a second. */
  look(): void {
    const now = this.#now();
    for (const held of this.#held.values()) {
      if (held.isUpgraded) continue;
      const { socket, busy, hasAsked, idleSince } = held;
      const restMs = hasAsked ? KEEP_ALIVE_MS : FIRST_REQUEST_MS;
      if (busy === 0 && now - idleSince > restMs) this.shed(socket, hasAsked ? "rest" : "silent");
      else this.#lookUnread(held, now);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #lookUnread(held: Held, now: number): void {
    // Unsent bytes of a WebSocket are counted by its socket.
    const bytes = held.isUpgraded ? 0 : held.socket.writableLength;
    const taken = held.socket.bytesWritten - bytes;
    if (bytes === 0 || held.unreadBytes === 0 || taken > held.takenBytes) held.unreadSince = now;
    held.takenBytes = taken;
    held.unreadBytes = bytes;
    this.#unread.note(held, bytes);
    if (bytes > 0 && now - held.unreadSince > UNREAD_MS) this.shed(held.socket, "unread");
  }

  /** Closes the connection of a group that is idle for longest; false: none is idle. */
  #endResting(why: "address" | "full", group: Group): boolean {
    const [longest] = group.resting;
    if (longest === undefined) return false;
    this.#forget(longest);
    this.shed(longest.socket, why);
    return true;
  }

  /** Marks a connection as in use: it cannot be replaced. */
  #work(held: Held): void {
    for (const { resting } of held.groups) resting.delete(held);
  }

  /** Marks a connection as idle, after those already idle. */
  #rest(held: Held): void {
    this.#work(held);
    if (held.busy > 0 || held.isUpgraded) return;
    for (const { resting } of held.groups) resting.add(held);
  }

  #groupOf(key: string): Group {
    const group = this.#groups.get(key) ?? makeGroup(key);
    this.#groups.set(key, group);
    return group;
  }

  /** Closes a connection and counts the reason. */
  shed(socket: Socket, why: string): void {
    if (socket.destroyed) return;
    this.#options.shed.inc({ why });
    socket.destroy();
  }

  #forget(held: Held): void {
    if (!this.#held.delete(held.socket)) return;
    this.#unread.note(held, 0);
    this.#work(held);
    for (const group of held.groups) {
      group.size--;
      if (group.size === 0) this.#groups.delete(group.key);
    }
  }
}

function makeGroup(key: string): Group {
  return { key, size: 0, resting: new Set() };
}
