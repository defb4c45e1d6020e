import { Buffer, type NonSharedBuffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { PIPELINED_LIMIT } from "../connections.ts";
import { FairTurns } from "../fair_turns.ts";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** The end of a request's first line, in bytes. */
const FIRST_LINE_END = Buffer.from(" HTTP/1.");
const MINOR_VERSIONS = ["0", "1"].map((version) => version.charCodeAt(0));

export interface RequestGateOptions {
  readonly log: Log;
  /** The owner of a connection: its address, with those that count as the same. */
  readonly keyOf: (socket: Socket) => string;
  /** Closes a connection with too many waiting requests. */
  readonly shed: (socket: Socket) => void;
}

interface Gated {
  readonly socket: Socket;
  readonly key: string;
  /** Node's parser. */
  readonly feed: (bytes: NonSharedBuffer) => void;
  /** Received, but not parsed yet. */
  held: NonSharedBuffer;
  /** Unanswered requests in order: one, or a second one if the first one's body was not awaited. */
  readonly requests: IncomingMessage[];
  /** The request whose body may be read; data of others stays in the system's buffers. */
  admitted: IncomingMessage | undefined;
  isWaiting: boolean;
}

/**
 * Passes one request at a time of each connection to Node's HTTP parser, the next when it is answered, and
 * takes turns between addresses. By itself the parser would process all data received, thousands of requests
 * in one step, even those of a connection closed meanwhile.
 */
export class RequestGate implements Disposable {
  readonly #options: RequestGateOptions;
  readonly #gated = new Map<Socket, Gated>();
  readonly #turns: FairTurns;

  constructor(options: RequestGateOptions) {
    this.#options = options;
    this.#turns = new FairTurns(options.log);
  }

  /** Puts the gate between a connection and its parser, just after the HTTP server has attached that. */
  guard(socket: Socket): void {
    const [feed, ...others] = socket.listeners("data");
    const parser = parserOf(socket);
    if (feed === undefined || others.length > 0 || parser === undefined) return;
    // The parser reads from the connection without events. Node reverts that the same way: _http_server.js,
    // unconsume.
    parser.unconsume();
    parser._consumed = false;
    const gated: Gated = {
      socket,
      key: this.#options.keyOf(socket),
      feed: (bytes) => feed.call(socket, bytes),
      held: Buffer.alloc(0),
      requests: [],
      admitted: undefined,
      isWaiting: false,
    };
    this.#gated.set(socket, gated);
    socket.off("data", feed as () => void);
    const take = (bytes: NonSharedBuffer) => this.#take(gated, bytes);
    socket.on("data", guarded(this.#options.log, "http", take, () => socket.destroy()));
    socket.once("close", () => this.#gated.delete(socket));
  }

  /** The parser has emitted a request. */
  began(request: IncomingMessage): void {
    this.#gated.get(request.socket)?.requests.push(request);
  }

  /** The request may be answered now. */
  admitted(request: IncomingMessage): void {
    const gated = this.#gated.get(request.socket);
    if (gated === undefined || request.socket.destroyed) return;
    gated.admitted = request;
    this.#goOn(gated);
  }

  /** The request's answer is complete. */
  ended(request: IncomingMessage): void {
    const gated = this.#gated.get(request.socket);
    const at = gated?.requests.indexOf(request) ?? -1;
    if (gated === undefined || at < 0) return;
    gated.requests.splice(at, 1);
    if (gated.admitted === request) gated.admitted = undefined;
    this.#wait(gated);
  }

  /** The connection changes its protocol; returns what was already received of the new one. */
  release(socket: Socket): NonSharedBuffer {
    const gated = this.#gated.get(socket);
    this.#gated.delete(socket);
    socket.removeAllListeners("data");
    return gated?.held ?? Buffer.alloc(0);
  }

  [Symbol.dispose](): void {
    this.#turns[Symbol.dispose]();
  }

  #take(gated: Gated, bytes: NonSharedBuffer): void {
    gated.held = gated.held.length === 0 ? bytes : Buffer.concat([gated.held, bytes]);
    if (hasTooMany(gated)) return this.#options.shed(gated.socket);
    this.#wait(gated);
  }

  /** Queues a turn, if there is data to read and no request to answer first. */
  #wait(gated: Gated): void {
    if (gated.isWaiting || gated.held.length === 0) return;
    gated.socket.pause();
    if (isEnough(gated)) return;
    gated.isWaiting = true;
    this.#turns.push(
      gated.key,
      guarded(this.#options.log, "http", () => this.#read(gated), () => gated.socket.destroy()),
    );
  }

  /** Reads up to the end of the next headers, which is at most one more request. */
  #read(gated: Gated): void {
    const { socket, held, feed } = gated;
    gated.isWaiting = false;
    if (this.#gated.get(socket) !== gated || socket.destroyed) return;
    const end = blankLineEnd(held);
    const length = end < 0 ? held.length : end;
    gated.held = held.subarray(length);
    feed(held.subarray(0, length));
    if (this.#gated.get(socket) === gated && !socket.destroyed) this.#goOn(gated);
  }

  #goOn(gated: Gated): void {
    if (gated.held.length > 0) return this.#wait(gated);
    const request = gated.requests.at(-1);
    if (request?.complete === false && request !== gated.admitted) return void gated.socket.pause();
    const isFull = request?.complete === false && request.readableLength >= request.readableHighWaterMark;
    // The reader of a full body resumes by itself.
    if (!isFull) gated.socket.resume();
  }
}

/**
 * Whether reading must stop until a request is answered: it has been received completely, or another one has
 * begun after it; or, before its turn, if its body is still to be read.
 */
function isEnough({ requests, admitted }: Gated): boolean {
  const [request] = requests;
  return requests.length > 1 || (request !== undefined && (request.complete || request !== admitted));
}

/** Whether too many requests wait. The end of a first line cannot occur in JSON, which escapes line ends. */
function hasTooMany({ held, requests }: Gated): boolean {
  let waiting = requests.length === 0 ? -1 : 0;
  for (let at = nextLineEnd(held, 0); at >= 0; at = nextLineEnd(held, at + 2)) {
    if (endsFirstLine(held, at) && ++waiting > PIPELINED_LIMIT) return true;
  }
  return false;
}

/**
 * The position of the next line end (CR LF) from `from` on, or -1. Uses the engine's own search: Deno's
 * Buffer.indexOf is JavaScript, and took half of an edge's time in a flood of large bodies.
 */
function nextLineEnd(bytes: NonSharedBuffer, from: number): number {
  const find = (from: number) => Uint8Array.prototype.indexOf.call(bytes, CARRIAGE_RETURN, from);
  for (let at = find(from); at >= 0; at = find(at + 1)) {
    while (bytes[at + 1] === CARRIAGE_RETURN) at++;
    if (bytes[at + 1] === LINE_FEED) return at;
  }
  return -1;
}

/**
 * The position after the next empty line, which ends the headers of a request and, among others, each chunk
 * of a body; -1: none.
 */
function blankLineEnd(bytes: NonSharedBuffer): number {
  for (let at = nextLineEnd(bytes, 0); at >= 0; at = nextLineEnd(bytes, at + 2)) {
    if (bytes[at + 2] === CARRIAGE_RETURN && bytes[at + 3] === LINE_FEED) return at + 4;
  }
  return -1;
}

/** Whether the line that ends at `at` is the first one of a request. */
function endsFirstLine(bytes: NonSharedBuffer, at: number): boolean {
  const from = at - FIRST_LINE_END.length - 1;
  return from >= 0 && MINOR_VERSIONS.includes(bytes[at - 1]!) &&
    FIRST_LINE_END.every((byte, n) => bytes[from + n] === byte);
}

/** The undocumented part of Node's parser. */
interface Parser {
  unconsume(): void;
  _consumed: boolean;
}

/** The parser of a connection; undefined: the runtime has another. */
function parserOf(socket: Socket): Parser | undefined {
  const parser: unknown = Reflect.get(socket, "parser");
  const isKnown = typeof parser === "object" && parser !== null && "unconsume" in parser &&
    "_consumed" in parser;
  return isKnown ? parser as Parser : undefined;
}
