import type { Wire } from "./runtime.ts";
import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/**
 * A socket of `ws` and its connection. A class, because an object with accessors would have a shape of its
 * own, and calls on it would not be compiled.
 */
export class NodeWire implements Wire {
  readonly #socket: WebSocket;
  readonly #connection: Duplex;

  constructor(socket: WebSocket, connection: Duplex) {
    this.#socket = socket;
    this.#connection = connection;
  }

  get unsentBytes(): number {
    return this.#connection.writableLength;
  }

  send(text: string): void {
    if (this.#connection.writable) this.#connection.write(encodeFrame(text));
  }

  sendAll(texts: readonly string[]): void {
    if (this.#connection.writable) this.#connection.write(encodeAll(texts));
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}

let lastTexts: readonly string[] = [];
let lastFrames = Buffer.alloc(0);

/** Encodes and joins several frames. Many clients in a row get the same ones. */
function encodeAll(texts: readonly string[]): Uint8Array {
  const isSame = texts.length === lastTexts.length && texts.every((text, n) => text === lastTexts[n]);
  if (isSame) return lastFrames;
  lastTexts = texts;
  return lastFrames = Buffer.concat(texts.map(encodeFrame));
}

let lastText = "";
let lastFrame = new Uint8Array();

/**
 * Encodes one unmasked, final text frame. Source: RFC 6455 §5.2. Bypasses `ws`, which without compression
 * keeps no frame back, because it would encode the text and join head and body again for each of the many
 * sockets that get the frame (results/edge.json: half of a frame's cost).
 */
function encodeFrame(text: string): Uint8Array {
  if (text === lastText) return lastFrame;
  const body = Buffer.byteLength(text);
  const head = body < 126 ? 2 : body < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafeSlow(head + body);
  frame[0] = 0x81;
  if (head === 2) frame[1] = body;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(body, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(body), 2);
  }
  frame.write(text, head);
  lastText = text;
  return lastFrame = frame;
}
