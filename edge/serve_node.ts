import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { serve, upgradeWebSocket } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Hono } from "hono";
import { type WebSocket, WebSocketServer } from "ws";
import { MAX_MESSAGE_BYTES } from "@tafelrunde/protocol";
import type { Runtime } from "./http/signal.ts";
import type { Wire } from "./rooms/socket.ts";

/** What node-server calls a WebSocketServer: the same thing, typed without the optional parts. */
type UpgradeServer = NonNullable<Parameters<typeof serve>[0]["websocket"]>["server"];

/** A listening server. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** The connection below each socket. */
const connections = new WeakMap<WebSocket, Duplex>();

/** A class, not an object with accessors: those would each be of a shape of their own, and no call on them compiled. */
class NodeWire implements Wire {
  readonly #socket: WebSocket;
  readonly #connection: Duplex;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#connection = connections.get(socket)!;
  }

  get unsentBytes(): number {
    return this.#connection.writableLength;
  }

  send(text: string): void {
    if (this.#connection.writable) this.#connection.write(encodeFrame(text));
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** Sockets by `ws`: it bounds a message while it arrives and can end a connection without a handshake; Deno's own can do neither. */
export function nodeRuntime(): Runtime {
  return {
    upgrade: (events) => upgradeWebSocket(events),
    wireOf: (ws) => new NodeWire(ws.raw as WebSocket),
    peerAddress: (c) => getConnInfo(c).remote.address ?? "",
  };
}

/** Listens with Node's HTTP server (inside Deno). Rejects when the address cannot be had. */
export function listenNode(app: Hono, options: { hostname: string; port: number }): Promise<Listening> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  });
  sockets.on("connection", (socket, { socket: connection }) => connections.set(socket, connection));
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: app.fetch,
        ...options,
        overrideGlobalObjects: false,
        websocket: { server: sockets as unknown as UpgradeServer },
      },
      ({ port }) =>
        resolve({
          port,
          async [Symbol.asyncDispose]() {
            const closed = new Promise<void>((done) => server.close(() => done()));
            if ("closeIdleConnections" in server) server.closeIdleConnections();
            for (const socket of sockets.clients) socket.terminate();
            if ("closeAllConnections" in server) server.closeAllConnections();
            await closed;
          },
        }),
    );
    server.once("error", reject);
  });
}

let lastText = "";
let lastFrame = new Uint8Array();

/**
 * One unmasked, final text frame. Source: RFC 6455 §5.2. Written past `ws`, which without compression keeps no frame back: it would encode the
 * text and join head and body anew for each of the many sockets that a frame goes to in a row (results/edge.json: half of a frame's cost).
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
