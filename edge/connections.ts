import type { Socket } from "node:net";
import type { Counter } from "prom-client";
import { guarded } from "./faults.ts";
import type { Log } from "./log.ts";
import { addressKey, networksOf } from "./network_address.ts";
import { type SlowReader, Unread } from "./rooms/unread.ts";

/** How long a connection may take to its first request, ms. */
export const FIRST_REQUEST_MS = 10_000;

/**
 * How long a connection may rest between two requests, ms: longer than proxies keep theirs, so that it is they who close; else what they send
 * meanwhile is lost (502). nginx keeps them 60 s, Traefik 90 s, Caddy 120 s, Google's load balancers 600 s. It costs nobody their place: newcomers take that of whoever rests for longest.
 */
export const KEEP_ALIVE_MS = 620_000;

/** How long a request's headers may take, and all of it, ms. */
export const HEADERS_WITHIN_MS = 10_000;
export const REQUEST_WITHIN_MS = 30_000;

/** A reader that takes nothing of its answer for so long is ended, ms. */
export const UNREAD_MS = 15_000;

/** With more than this unread, bytes, who asks for more is ended. */
export const UNREAD_PER_CONNECTION = 1024 * 1024;

/** Requests that one connection may have under way: no browser and no proxy sends the next before it has the answer. */
export const PIPELINED_LIMIT = 4;

/** How often connections are looked at, ms. */
const LOOK_MS = 1_000;

/** Connections of one address, as a share of all. A school comes from one; each browser takes a signaling socket and some more at the start. */
export const SHARE_PER_ADDRESS = 1 / 4;

/** The same of a wider IPv6 network (`networksOf`), which would have a multiple: others have as much as it. */
export const SHARE_PER_NETWORK = 1 / 2;

/** Files that the edge needs besides connections: its store, its bus, media nodes, mail, standard streams. */
const OTHER_FILES = 100;

/** Descriptors for one connection: its own, and what an answer to it may open for a moment. */
const FILES_PER_CONNECTION = 1.1;

/** How many connections fit into so many open files. At least 16. */
export function connectionsFor(openFiles: number): number {
  return Math.max(16, Math.floor((openFiles - Math.min(OTHER_FILES, openFiles / 2)) / FILES_PER_CONNECTION));
}

/** What is counted of a server's connections. */
export interface ConnectionsOptions {
  readonly log: Log;
  /** Connections that were closed because of their number or slowness, by why. */
  readonly shed: Counter<"why">;
  /** How many there may be. */
  readonly inAll: number;
  /** Whether it is a proxy, who brings many clients. */
  readonly isProxy: (address: string) => boolean;
  /** Called for each connection and each request. */
  readonly came?: () => void;
  readonly now?: () => number;
}

interface Held extends SlowReader {
  readonly socket: Socket;
  /** Whose shares it is taken of. */
  readonly groups: readonly Group[];
  /** Its answers are under way, or it is a WebSocket. */
  busy: number;
  isUpgraded: boolean;
  /** When it last began to have nothing to do. */
  idleSince: number;
  hasAsked: boolean;
  unreadBytes: number;
  /** What the system has taken of all that was written to it, bytes: as long as that grows, somebody reads. */
  takenBytes: number;
  unreadSince: number;
}

/** Connections of one address or network, or all of them. */
interface Group {
  readonly key: string;
  size: number;
  /** Those that have nothing to do; who rests for longest is the first. */
  readonly resting: Set<Held>;
}

/**
 * The connections of a server, counted per address, per IPv6 network around it and in all, so that there are always open files left for others. A newcomer takes the place of
 * whoever rests for longest (of its address or network, where that has its share); where nobody rests it is refused.
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

  /** A connection was accepted. */
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

  /** A request came on it. False: it is none that is counted, or is ended for it. */
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

  /** An answer was written to it. What its reader leaves counts from now on, not from the next look: in between others would be asked for. */
  wrote(socket: Socket): void {
    const held = this.#held.get(socket);
    if (held !== undefined) this.#lookUnread(held, this.#now());
  }

  /** Its answer is over, or has no reader any more. */
  ended(socket: Socket): void {
    const held = this.#held.get(socket);
    if (held === undefined) return;
    held.busy--;
    held.idleSince = this.#now();
    this.#rest(held);
    this.#lookUnread(held, this.#now());
  }

  /** It is a WebSocket from now on, which has deadlines of its own. */
  upgraded(socket: Socket): void {
    const held = this.#held.get(socket);
    if (held === undefined) return;
    held.isUpgraded = true;
    this.#work(held);
    this.#lookUnread(held, this.#now());
  }

  /** Ends who is too slow; once a second. */
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
    // What waits for a WebSocket is counted as its own.
    const bytes = held.isUpgraded ? 0 : held.socket.writableLength;
    const taken = held.socket.bytesWritten - bytes;
    if (bytes === 0 || held.unreadBytes === 0 || taken > held.takenBytes) held.unreadSince = now;
    held.takenBytes = taken;
    held.unreadBytes = bytes;
    this.#unread.note(held, bytes);
    if (bytes > 0 && now - held.unreadSince > UNREAD_MS) this.shed(held.socket, "unread");
  }

  /** Makes place by ending who has rested for longest in a group; false: nobody rests. */
  #endResting(why: "address" | "full", group: Group): boolean {
    const [longest] = group.resting;
    if (longest === undefined) return false;
    this.#forget(longest);
    this.shed(longest.socket, why);
    return true;
  }

  /** It is at work: nobody takes its place. */
  #work(held: Held): void {
    for (const { resting } of held.groups) resting.delete(held);
  }

  /** It begins to rest, behind those who do so already. */
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

  /** Ends a connection and counts why. */
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
