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
import { guarded, reportFault } from "../faults.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { Audience, Recipient } from "./fan_out.ts";
import type { SlowReader, Unread } from "./unread.ts";
import { MESSAGE_ALLOWANCE, PATIENCE } from "./allowance.ts";

/** With more bytes than this waiting for a reader (besides what the system's buffers hold), it lags: it gets no events until it has caught up. */
export const LAG_BYTES = 256 * 1024;

/** With fewer bytes waiting, a reader that lagged has caught up. */
const CAUGHT_UP_BYTES = 64 * 1024;

/** With more than this waiting before a frame, the reader is closed: it does not even read what it asked for. */
export const UNSENT_LIMIT_BYTES = 1024 * 1024;

/** Longest lag, ms; then the reader is closed and may come back. */
export const LAG_LIMIT_MS = 15_000;

/** A reader that has taken nothing of what waits for it for so long is ended, ms. */
const UNREAD_LIMIT_MS = 15_000;

/** A frame as large as this is measured when it is sent, not with the next, bytes (characters). */
const LARGE_FRAME = 16 * 1024;

/** With more characters than this held back for a reader they are written, whosever turn it is. */
export const HELD_LIMIT = 64 * 1024;

/** How long a closed reader has to read what it was sent and the code, ms; then the connection is ended and its memory freed. */
const LAST_WORD_MS = 5_000;

/** A socket says hello within this, ms. */
const HELLO_WITHIN_MS = 10_000;

/** Longest silence of a socket before it is presumed dead, ms: three pings. Phones in the background, which ping each minute at worst, are closed and come back. */
export const SILENCE_LIMIT_MS = 15_000;

/** With more than this between two looks at a socket, this process was late itself or its clock was set, ms: nobody was silent for it. */
const LATE_MS = 5_000;

/** The wire under a socket: `ws` behind node-server, or a Deno platform's own. */
export interface Wire {
  /** Bytes handed to `send` and not yet to the system. */
  readonly unsentBytes: number;
  send(text: string): void;
  /** The same of several messages at once. */
  sendAll(texts: readonly string[]): void;
  close(code: number, reason: string): void;
  /** Ends the connection without a handshake. Where the platform cannot, it closes. */
  terminate(): void;
  /** Reads nothing more until `resume`, where the platform can. */
  pause(): void;
  resume(): void;
}

/** What a socket carries: told each message that passed decoding and limits. */
export interface Passenger {
  receive(message: Up | ForeignCommand): void;
  /** More messages than allowed; this one is not taken. */
  receiveTooFrequent(message: Up | ForeignCommand, retryAfterMs: number): void;
  /** The reader can take more after it has lagged. */
  caughtUp(): void;
  gone(): void;
}

/** One signaling socket: decodes, limits, hands on, closes with a named code. */
export class Socket implements SlowReader, Recipient {
  readonly address: string;
  readonly #wire: Wire;
  readonly #log: Log;
  readonly #now: () => number;
  #tendedAt: number;
  readonly #allowance: Allowance;
  readonly #passenger: Passenger;
  #strikes = 0;
  #isOpen = true;
  #isPaused = false;
  /** Nothing waits for its reader any more. */
  #isOver = false;
  #helloTimer: ReturnType<typeof setTimeout> | undefined;
  #lastWordTimer: ReturnType<typeof setTimeout> | undefined;
  #heardAt: number;
  #laggingSince: number | undefined;
  /** What goes to many and waits for its turn, in its order. */
  #held: string[] | undefined;
  #heldCharacters = 0;
  /** What goes to many and is made when its turn comes, by its kind: the newest of each. */
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
    passenger: Passenger,
  ) {
    this.#unread = unread;
    this.address = address;
    this.#wire = wire;
    this.#log = log;
    this.#now = now;
    this.#tendedAt = now();
    this.#metrics = metrics;
    this.#passenger = passenger;
    this.#heardAt = now();
    this.#allowance = new Allowance(MESSAGE_ALLOWANCE, this.#heardAt);
    const hello = guarded(log, "socket", () => this.close("silent"));
    this.#helloTimer = setTimeout(hello, HELLO_WITHIN_MS);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Reads nothing more, until `resume`: what has come waits for its turn. */
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

  /** A frame came. Never throws: what breaks the rules closes this socket and harms nobody else. */
  receive(data: unknown): void {
    if (!this.#isOpen) return;
    this.#heardAt = this.#now();
    try {
      if (typeof data !== "string") throw new ProtocolFault("not text");
      // A UTF-16 unit takes at most 3 bytes; only what may be too long is measured.
      if (data.length * 3 > MAX_MESSAGE_BYTES && new TextEncoder().encode(data).length > MAX_MESSAGE_BYTES) {
        return this.close("tooBig");
      }
      const message = parseUp(data);
      if (message.type === "hello") {
        clearTimeout(this.#helloTimer);
        this.#helloTimer = undefined;
      }
      const retryAfterMs = this.#allowance.take(this.#heardAt);
      if (retryAfterMs === 0) return this.#passenger.receive(message);
      if (++this.#strikes > PATIENCE) return this.close("tooFrequent");
      this.#passenger.receiveTooFrequent(message, retryAfterMs);
    } catch (error) {
      if (error instanceof ProtocolFault) return this.close("malformed", error.message);
      this.fault(error);
    }
  }

  /** Sends an answer to something the client asked, behind what is held back for it. */
  send(frame: string): void {
    this.flush();
    if (!this.#isOpen) return;
    const unsentBytes = this.#measure();
    if (unsentBytes > UNSENT_LIMIT_BYTES) return this.close("slowReader");
    this.#wire.send(frame);
    if (frame.length >= LARGE_FRAME) this.#measure();
  }

  /** Others wait for the memory that this reader keeps: it is ended without a last word. */
  endUnread(): void {
    this.close("slowReader");
    this.#terminate();
  }

  /** Our own code failed on this connection: it ends, and harms nobody else. Never throws. */
  fault(error: unknown): void {
    reportFault(this.#log, "socket", error);
    this.close("internal");
  }

  /** Holds back what goes to an audience until it is its turn; false: the reader lags and must be brought up to date later (`caughtUp`). */
  broadcast(frame: string, audience: Audience): boolean {
    if (!this.#takesMore()) return false;
    this.#held ??= [];
    this.#held.push(frame);
    this.#heldCharacters += frame.length;
    if (this.#heldCharacters > HELD_LIMIT) this.flush();
    else audience.add(this);
    return true;
  }

  /** The same of what takes the place of an earlier one of its `kind` that is still held back. `make`: makes the frame when it is its turn. */
  broadcastNewest(kind: string, make: () => string, audience: Audience): boolean {
    if (!this.#takesMore()) return false;
    this.#newest ??= new Map();
    this.#newest.set(kind, make);
    audience.add(this);
    return true;
  }

  /** What it may not know any more, and is made only when its turn comes, does not come. */
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
      for (const make of newest?.values() ?? []) frames.push(make());
      if (frames.length === 1) this.#wire.send(frames[0]!);
      else this.#wire.sendAll(frames);
    } catch (error) {
      this.fault(error);
    }
  }

  /** Looks after the socket; to be called about once a second. */
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
    this.#passenger.caughtUp();
  }

  /** Closes with a named code; `detail` follows the name in the reason, made of our own words. Never throws. */
  close(name: CloseName, detail = ""): void {
    this.flush();
    if (!this.#isOpen) return;
    this.#metrics.closed.inc({ close: name });
    // Its last word is an answer to what it reads.
    this.resume();
    const say = () => this.#wire.close(CLOSE[name].code, closeReason(name, detail));
    guarded(this.#log, "socket", say, () => this.#terminate())();
    this.#lastWordTimer = setTimeout(() => this.#terminate(), LAST_WORD_MS);
    this.#leave();
  }

  /** The wire is closed. */
  gone(): void {
    this.#letGo();
    this.#leave();
  }

  /** Whether what goes to many may go to this reader; else it lags, from now on or still. */
  #takesMore(): boolean {
    if (!this.#isOpen || this.#laggingSince !== undefined) return false;
    if (this.#measure() + this.#heldCharacters <= LAG_BYTES) return true;
    this.#laggingSince = this.#now();
    return false;
  }

  /** What came meanwhile is still to be read, and what was sent to be taken. */
  #waitAnew(): void {
    this.#heardAt = this.#tendedAt;
    this.#unreadSince = this.#tendedAt;
    if (this.#laggingSince !== undefined) this.#laggingSince = this.#tendedAt;
  }

  /** Bytes that wait for the reader; notes them for the whole edge. */
  #measure(): number {
    if (this.#isOver) return 0;
    const bytes = this.#wire.unsentBytes;
    if (bytes !== this.#unreadBytes) this.#noteUnread(bytes);
    return bytes;
  }

  #noteUnread(bytes: number): void {
    // It has taken some, or had nothing to take before.
    if (bytes < this.#unreadBytes || this.#unreadBytes === 0) this.#unreadSince = this.#now();
    this.#unreadBytes = bytes;
    this.#unread.note(this, bytes);
  }

  #terminate(): void {
    guarded(this.#log, "socket", () => this.#wire.terminate())();
    this.#letGo();
  }

  /** What waited is freed with the connection: counted until then, and never again, whoever still looks at this socket. */
  #letGo(): void {
    clearTimeout(this.#lastWordTimer);
    this.#isOver = true;
    this.#noteUnread(0);
  }

  #leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearTimeout(this.#helloTimer);
    guarded(this.#log, "socket", () => this.#passenger.gone())();
  }
}
