import type { Wire } from "../runtime/runtime.ts";
import {
  CLOSE,
  type CloseName,
  closeReason,
  type ForeignCommand,
  MAX_MESSAGE_BYTES,
  parseUp,
  ProtocolFault,
  type Up,
} from "@tafelrunde/protocol";
import { Allowance } from "@tafelrunde/protocol/allowance";
import { guarded, reportFault } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { Metrics } from "../metrics.ts";
import type { Audience, Recipient } from "./fan_out.ts";
import type { SlowReader, Unread } from "./unread.ts";
import { MESSAGE_ALLOWANCE, PATIENCE } from "./allowance.ts";

/**
 * With more unsent bytes than this (beyond the system's buffers) a client lags: it gets no broadcasts until
 * it has caught up.
 */
export const LAG_BYTES = 256 * 1024;

/** With fewer unsent bytes than this, a lagging client has caught up. */
const CAUGHT_UP_BYTES = 64 * 1024;

/**
 * With more unsent bytes than this before a frame, the socket is closed: the client does not even read its
 * answers.
 */
export const UNSENT_LIMIT_BYTES = 1024 * 1024;

/** Longest lag, ms; then the socket is closed and the client may reconnect. */
export const LAG_LIMIT_MS = 15_000;

/** A client that has read none of its unsent bytes for this time is disconnected, ms. */
const UNREAD_LIMIT_MS = 15_000;

/** Frames of at least this size are measured when sent, not with the next frame; characters. */
const LARGE_FRAME = 16 * 1024;

/** With more queued characters than this, a client's broadcasts are written without waiting for its turn. */
export const HELD_LIMIT = 64 * 1024;

/**
 * Time a closed client has to read the last frames and the close code, ms; then the connection is terminated
 * and its memory freed.
 */
const LAST_WORD_MS = 5_000;

/** Time in which a socket must send `hello`, ms. */
const HELLO_WITHIN_MS = 10_000;

/**
 * Longest silence before a socket is presumed dead, ms: three pings. Phones in the background ping once a
 * minute at worst; they are closed and reconnect.
 */
export const SILENCE_LIMIT_MS = 15_000;

/**
 * With more time than this between two checks, this process was late itself or its clock was set, ms; no
 * client counts as silent for it.
 */
const LATE_MS = 5_000;

/** Receives each message of a socket that passed decoding and rate limits. */
export interface SocketListener {
  receive(message: Up | ForeignCommand): void;
  /** The message exceeds the rate limit and is not processed. */
  receiveTooFrequent(message: Up | ForeignCommand, retryAfterMs: number): void;
  /** A lagging client can take frames again. */
  caughtUp(): void;
  gone(): void;
}

/** One signaling socket: decodes and rate-limits messages, passes them on, and closes with a named code. */
export class Socket implements SlowReader, Recipient {
  readonly address: string;
  readonly #wire: Wire;
  readonly #log: Log;
  readonly #now: () => number;
  #tendedAt: number;
  readonly #allowance: Allowance;
  readonly #listener: SocketListener;
  #violations = 0;
  #isOpen = true;
  #isPaused = false;
  /** The connection is gone, and with it everything unsent. */
  #isOver = false;
  #helloTimer: ReturnType<typeof setTimeout> | undefined;
  #lastWordTimer: ReturnType<typeof setTimeout> | undefined;
  #heardAt: number;
  #laggingSince: number | undefined;
  /** Queued broadcast frames, in order. */
  #held: string[] | undefined;
  #heldCharacters = 0;
  /** Queued broadcasts that are built when written, the newest of each kind. */
  #newest: Map<string, () => string> | undefined;
  readonly #unread: Unread;
  #unreadBytes = 0;
  #unreadSince = 0;
  readonly #metrics: Metrics;

  constructor(
    wire: Wire,
    { log, now, metrics, unread, address }: {
      readonly log: Log;
      readonly now: () => number;
      readonly metrics: Metrics;
      readonly unread: Unread;
      readonly address: string;
    },
    listener: SocketListener,
  ) {
    this.#unread = unread;
    this.address = address;
    this.#wire = wire;
    this.#log = log;
    this.#now = now;
    this.#tendedAt = now();
    this.#metrics = metrics;
    this.#listener = listener;
    this.#heardAt = now();
    this.#allowance = new Allowance(MESSAGE_ALLOWANCE, this.#heardAt);
    const hello = guarded(log, "socket", () => this.close("silent"));
    this.#helloTimer = setTimeout(hello, HELLO_WITHIN_MS);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Stops reading until `resume`; messages received already stay queued. */
  pause(): void {
    if (!this.#isOpen || this.#isPaused) return;
    this.#isPaused = true;
    this.#wire.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#heardAt = this.#now();
    this.#wire.resume();
  }

  /** Handles a frame. Never throws: a frame that breaks the rules closes only this socket. */
  receive(data: unknown): void {
    if (!this.#isOpen) return;
    this.#heardAt = this.#now();
    try {
      if (typeof data !== "string") throw new ProtocolFault("not text");
      // A UTF-16 unit takes at most 3 bytes, so only texts that might be too long are measured.
      if (data.length * 3 > MAX_MESSAGE_BYTES && new TextEncoder().encode(data).length > MAX_MESSAGE_BYTES) {
        return this.close("tooBig");
      }
      const message = parseUp(data);
      if (message.type === "hello") {
        clearTimeout(this.#helloTimer);
        this.#helloTimer = undefined;
      }
      const retryAfterMs = this.#allowance.take(this.#heardAt);
      if (retryAfterMs === 0) return this.#listener.receive(message);
      if (++this.#violations > PATIENCE) return this.close("tooFrequent");
      this.#listener.receiveTooFrequent(message, retryAfterMs);
    } catch (error) {
      if (error instanceof ProtocolFault) return this.close("malformed", error.message);
      this.fault(error);
    }
  }

  /** Sends an answer, after the queued broadcasts. */
  send(frame: string): void {
    this.flush();
    if (!this.#isOpen) return;
    const unsentBytes = this.#measure();
    if (unsentBytes > UNSENT_LIMIT_BYTES) return this.close("slowReader");
    this.#wire.send(frame);
    if (frame.length >= LARGE_FRAME) this.#measure();
  }

  /** Other clients need the memory that this one uses: terminates it without waiting for its last frames. */
  endUnread(): void {
    this.close("slowReader");
    this.#terminate();
  }

  /** Our own code failed on this connection: closes it, and no other. Never throws. */
  fault(error: unknown): void {
    reportFault(this.#log, "socket", error);
    this.close("internal");
  }

  /**
   * Queues a frame until its audience's turn; false: the client lags and must be brought up to date later
   * (`caughtUp`).
   */
  broadcast(frame: string, audience: Audience): boolean {
    if (!this.#takesMore()) return false;
    if (this.#held === undefined) {
      this.#held = [frame];
      audience.add(this);
    } else this.#held.push(frame);
    this.#heldCharacters += frame.length;
    if (this.#heldCharacters > HELD_LIMIT) this.flush();
    return true;
  }

  /**
   * Like `broadcast`, but replaces an earlier frame of the same `kind` that is still queued. `make`: builds
   * the frame when it is written.
   */
  broadcastNewest(kind: string, make: () => string, audience: Audience): boolean {
    if (!this.#takesMore()) return false;
    this.#newest ??= new Map();
    this.#newest.set(kind, make);
    audience.add(this);
    return true;
  }

  /**
   * Drops queued frames that are built when written, because the client may not know their content anymore.
   */
  forgetNewest(): void {
    this.#newest = undefined;
  }

  flush(): void {
    const [held, newest] = [this.#held, this.#newest];
    if (held === undefined && newest === undefined) return;
    this.#held = this.#newest = undefined;
    this.#heldCharacters = 0;
    if (!this.#isOpen) return;
    try {
      const frames = held ?? [];
      if (newest !== undefined) { for (const make of newest.values()) frames.push(make()); }
      if (frames.length === 1) this.#wire.send(frames[0]!);
      else this.#wire.sendAll(frames);
    } catch (error) {
      this.fault(error);
    }
  }

  /** Periodic checks; call about once a second. */
  tend(): void {
    if (!this.#isOpen) return void this.#measure();
    const sinceMs = this.#now() - this.#tendedAt;
    this.#tendedAt += sinceMs;
    if (sinceMs < 0 || sinceMs > LATE_MS) this.#waitAnew();
    if (!this.#isPaused && this.#now() - this.#heardAt > SILENCE_LIMIT_MS) return this.close("silent");
    const unread = this.#measure();
    const isLagging = this.#laggingSince !== undefined;
    if (isLagging && this.#now() - this.#laggingSince! > LAG_LIMIT_MS) return this.close("slowReader");
    if (unread > 0 && this.#now() - this.#unreadSince > UNREAD_LIMIT_MS) return this.endUnread();
    if (!isLagging) return;
    if (this.#wire.unsentBytes > CAUGHT_UP_BYTES) return;
    this.#laggingSince = undefined;
    this.#listener.caughtUp();
  }

  /** Closes with a named code; `detail`, our own words, follows the name in the reason. Never throws. */
  close(name: CloseName, detail = ""): void {
    this.flush();
    if (!this.#isOpen) return;
    this.#metrics.closed.inc({ close: name });
    // The client must be read to receive the closing handshake.
    this.resume();
    const send = () => this.#wire.close(CLOSE[name].code, closeReason(name, detail));
    guarded(this.#log, "socket", send, () => this.#terminate())();
    this.#lastWordTimer = setTimeout(() => this.#terminate(), LAST_WORD_MS);
    this.#leave();
  }

  /** The connection is closed. */
  gone(): void {
    this.#letGo();
    this.#leave();
  }

  /** Whether the client can take a broadcast; otherwise it lags from now on, or still does. */
  #takesMore(): boolean {
    if (!this.#isOpen || this.#laggingSince !== undefined) return false;
    if (this.#measure() + this.#heldCharacters <= LAG_BYTES) return true;
    this.#laggingSince = this.#now();
    return false;
  }

  /**
   * Restarts the silence, lag and unread times: frames received meanwhile are still to be read, and sent ones
   * to be taken.
   */
  #waitAnew(): void {
    this.#heardAt = this.#tendedAt;
    this.#unreadSince = this.#tendedAt;
    if (this.#laggingSince !== undefined) this.#laggingSince = this.#tendedAt;
  }

  /** Unsent bytes of this client; reports them to the edge's total. */
  #measure(): number {
    if (this.#isOver) return 0;
    const bytes = this.#wire.unsentBytes;
    if (bytes !== this.#unreadBytes) this.#noteUnread(bytes);
    return bytes;
  }

  #noteUnread(bytes: number): void {
    // The client has read some bytes, or had none to read before.
    if (bytes < this.#unreadBytes || this.#unreadBytes === 0) this.#unreadSince = this.#now();
    this.#unreadBytes = bytes;
    this.#unread.note(this, bytes);
  }

  #terminate(): void {
    guarded(this.#log, "socket", () => this.#wire.terminate())();
    this.#letGo();
  }

  /**
   * Unsent bytes are freed with the connection: counted until then, and never after, even if the socket is
   * checked again.
   */
  #letGo(): void {
    clearTimeout(this.#lastWordTimer);
    this.#isOver = true;
    this.#noteUnread(0);
  }

  #leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearTimeout(this.#helloTimer);
    guarded(this.#log, "socket", () => this.#listener.gone())();
  }
}
