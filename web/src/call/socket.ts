import type { AfterClose, Down, Up } from "@tafelrunde/protocol";
import { afterClose, type Backoff, backoffMs, CLOSE, jittered } from "@tafelrunde/protocol/client";
import { parseFrame } from "./frame.ts";
import { after, every } from "./timer.ts";

/** Time between two pings, ms. The edge closes after 15 s of silence (close.ts, "silent"). */
export const PING_INTERVAL_MS = 5_000;

/** Delays between attempts to connect; the first attempt after a loss is made at once. */
const BACKOFF: Backoff = { firstMs: 250, longestMs: 5_000 };

/**
 * Longest wait for any message after a ping before the connection is presumed dead, ms: one lost packet's TCP
 * retransmissions and slack.
 */
export const PONG_DEADLINE_MS = 4_000;

/**
 * The same when the browser has just reported a network change, ms: the old connection is then probably dead.
 */
export const PROBE_DEADLINE_MS = 1_500;

/** Longest wait for a connection to open, ms. */
export const CONNECT_DEADLINE_MS = 6_000;

/** Longest delay before a failed move to another edge is retried, ms. */
export const MOVE_AGAIN_MS = 2_000;

/**
 * A connection that lasted this long counts as stable: after its loss the first retry is at once again, ms.
 */
export const STEADY_MS = 5_000;

export interface SocketListener {
  /** A new connection is open and expects its hello. */
  opened(): void;
  received(message: Down): void;
  /** The connection is lost; another will be tried. */
  lost(): void;
  /** The socket has ended for good. */
  ended(after: Exclude<AfterClose, "comeBack">, code: number): void;
}

interface Connection {
  readonly socket: WebSocket;
  /** Aborts with the connection, and ends its timers and listeners. */
  readonly life: AbortController;
  openedAt: number | undefined;
  /** Runs from a ping to the next received message. */
  deadline: AbortController | undefined;
}

/**
 * The reconnecting signaling socket: connects, checks that the connection is alive, reconnects after a loss.
 * It does not interpret messages, except pings. A frame that cannot be parsed ends the connection like a loss
 * does, so that the resume brings its content.
 */
export class SignalSocket {
  readonly #url: string;
  readonly #listener: SocketListener;
  readonly #life = new AbortController();
  #connection: Connection | undefined;
  /** While moving: the next connection until it is open, then the old one until the next is answered. */
  #next: Connection | undefined;
  #before: Connection | undefined;
  #waiting: AbortController | undefined;
  #attempt = 0;
  #pings = 0;

  constructor(url: string, listener: SocketListener) {
    this.#url = url;
    this.#listener = listener;
  }

  start(): void {
    const { signal } = this.#life;
    const probe = () => this.#probe();
    globalThis.addEventListener("online", probe, { signal });
    globalThis.document?.addEventListener("visibilitychange", () => {
      if (!document.hidden) probe();
    }, { signal });
    onNetworkChange(probe, signal);
    this.#connection = this.#dial();
  }

  /** Sends `message`; false when there is no open connection. */
  send(message: Up): boolean {
    const socket = this.#connection?.socket;
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  /** Drops the connection and makes a new one, because its messages were inconsistent. */
  reconnect(): void {
    if (this.#connection !== undefined) this.#lose();
  }

  /**
   * Moves to a new connection at some moment within `withinMs`, because the edge of this one is shutting
   * down. The old one serves until the new one is answered, so that nobody notices.
   */
  move(withinMs: number): void {
    const connection = this.#connection;
    if (connection === undefined || this.#next !== undefined) return;
    after(Math.random() * withinMs, () => this.#next ??= this.#dial(), connection.life.signal);
  }

  /** Ends it for good. */
  close(): void {
    this.#life.abort();
    this.#waiting?.abort();
    this.#dropAll();
  }

  #dial(): Connection {
    const socket = new WebSocket(this.#url);
    const life = new AbortController();
    const connection: Connection = { socket, life, openedAt: undefined, deadline: undefined };
    const { signal } = life;
    socket.addEventListener("open", () => this.#opened(connection), { signal });
    socket.addEventListener("message", (event) => this.#receive(connection, event.data), { signal });
    socket.addEventListener("close", (event) => this.#closed(connection, event.code), { signal });
    after(CONNECT_DEADLINE_MS, () => {
      if (connection.openedAt === undefined) this.#closed(connection, CLOSE.silent.code);
    }, signal);
    return connection;
  }

  #opened(connection: Connection): void {
    connection.openedAt = Date.now();
    every(PING_INTERVAL_MS, () => this.#ping(connection, PONG_DEADLINE_MS), connection.life.signal);
    if (connection === this.#next) {
      this.#next = undefined;
      this.#before = this.#connection;
      this.#connection = connection;
    }
    this.#listener.opened();
  }

  #receive(connection: Connection, data: unknown): void {
    connection.deadline?.abort();
    connection.deadline = undefined;
    if (connection === this.#connection) this.#before = drop(this.#before);
    let message: Down;
    try {
      message = parseFrame(data);
    } catch (fault) {
      console.warn("signaling: unreadable frame", fault);
      return this.#lose();
    }
    if (message.type !== "pong") this.#listener.received(message);
  }

  #closed(connection: Connection, code: number): void {
    if (connection === this.#before) {
      this.#before = drop(connection);
      return;
    }
    if (connection === this.#next) {
      this.#next = drop(connection);
      return this.move(MOVE_AGAIN_MS);
    }
    const next = afterClose(code);
    if (next === "comeBack") return this.#lose();
    this.close();
    this.#listener.ended(next, code);
  }

  #lose(): void {
    const lived = Date.now() - (this.#connection?.openedAt ?? Date.now());
    if (lived >= STEADY_MS) this.#attempt = 0;
    this.#dropAll();
    this.#listener.lost();
    if (this.#life.signal.aborted) return;
    const waiting = new AbortController();
    this.#waiting = waiting;
    const delayMs = this.#attempt === 0 ? 0 : jittered(backoffMs(this.#attempt - 1, BACKOFF));
    this.#attempt++;
    after(delayMs, () => this.#retry(), waiting.signal);
  }

  #retry(): void {
    this.#waiting?.abort();
    this.#waiting = undefined;
    this.#connection = this.#dial();
  }

  #dropAll(): void {
    this.#connection = drop(this.#connection);
    this.#next = drop(this.#next);
    this.#before = drop(this.#before);
  }

  #ping(connection: Connection, deadlineMs: number): void {
    if (connection !== this.#connection) return;
    this.send({ type: "ping", n: ++this.#pings });
    if (connection.deadline !== undefined) return;
    connection.deadline = new AbortController();
    after(deadlineMs, () => this.#lose(), connection.deadline.signal);
  }

  /**
   * The network might have changed: checks now whether the connection is alive, or reconnects at once instead
   * of waiting.
   */
  #probe(): void {
    if (this.#waiting !== undefined) return this.#retry();
    const connection = this.#connection;
    if (connection?.openedAt === undefined) return;
    connection.deadline?.abort();
    connection.deadline = undefined;
    this.#ping(connection, PROBE_DEADLINE_MS);
  }
}

/** Ends a connection and everything that runs for it. Returns undefined, to assign to its field. */
function drop(connection: Connection | undefined): undefined {
  connection?.deadline?.abort();
  connection?.life.abort();
  connection?.socket.close(CLOSE.normal.code);
}

interface NetworkInformation extends EventTarget {
  readonly type?: string;
}

/**
 * Calls `changed` when the device moves to another kind of network (Wi-Fi, cellular …), if the browser
 * reports that. The event also fires for mere changes of speed, which do not count.
 */
export function onNetworkChange(changed: () => void, signal: AbortSignal): void {
  const connection = (navigator as Navigator & { connection?: NetworkInformation }).connection;
  let type = connection?.type;
  connection?.addEventListener?.("change", () => {
    if (connection.type === type) return;
    type = connection.type;
    changed();
  }, { signal });
}
