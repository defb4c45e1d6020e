import type { OpenWire, Runtime } from "./runtime.ts";
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Hono } from "hono";
import { type WebSocket, WebSocketServer } from "ws";
import { MAX_MESSAGE_BYTES } from "@tafelrunde/protocol";
import { type Connections, HEADERS_WITHIN_MS, KEEP_ALIVE_MS, REQUEST_WITHIN_MS } from "../connections.ts";
import { causeOf } from "@tafelrunde/protocol/process/cause";
import type { FairPlaces } from "../fair_places.ts";
import { attend, guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";
import { addressKey, clientKey, type TrustedProxies } from "../network_address.ts";
import { NodeWire } from "./node_wire.ts";
import { RequestGate } from "./request_gate.ts";

/** The host of a request without one. */
const NO_HOST = "localhost";

/** A listening server. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** Additional data for the app with a WebSocket request. */
interface UpgradeBindings {
  readonly incoming: IncomingMessage;
  /** Set by the route that accepts the socket. */
  open?: OpenWire;
}

/**
 * Sockets by `ws`: it limits a message while it arrives, and can terminate a connection without a handshake;
 * Deno's own cannot.
 */
export function nodeRuntime(): Runtime {
  return {
    upgrade(c, open) {
      if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return undefined;
      (c.env as UpgradeBindings).open = open;
      return c.body(null);
    },
    peerAddress: (c) => getConnInfo(c).remote.address ?? "",
  };
}

/** Listens with Node's HTTP server (inside Deno). Rejects if the address is not available. */
export function listenNode(
  app: Hono,
  { connections, places, log, trust, ...options }: {
    hostname: string;
    port: number;
    log: Log;
    connections: Connections;
    /** The edge's places. */
    places: FairPlaces;
    /** The proxies in front. */
    trust: TrustedProxies;
  },
): Promise<Listening> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const cookies = new WeakMap<IncomingMessage, readonly string[]>();
  sockets.on("headers", (lines: string[], request: IncomingMessage) => {
    for (const cookie of cookies.get(request) ?? []) lines.push(`Set-Cookie: ${cookie}`);
  });

  const gate = new RequestGate({
    log,
    keyOf: ({ remoteAddress = "" }) => addressKey(remoteAddress),
    shed: (socket) => connections.shed(socket, "pipelined"),
  });

  const clientOf = ({ socket, headers }: IncomingMessage) => {
    const forwarded = headers["x-forwarded-for"];
    return clientKey(
      socket.remoteAddress ?? "",
      Array.isArray(forwarded) ? forwarded.join() : forwarded,
      trust,
    );
  };

  const upgrade = async (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    const bindings: UpgradeBindings = { incoming: request };
    const asked = requestOf(request);
    // An invalid request is not our fault.
    if (asked === undefined) return void connection.destroy();
    const response = await app.fetch(asked, bindings);
    if (connection.destroyed) return;
    const { open } = bindings;
    if (open === undefined || !response.ok) return await reject(connection, response);
    cookies.set(request, response.headers.getSetCookie());
    connection.off("error", ignore);
    connections.upgraded(request.socket);
    sockets.handleUpgrade(request, connection, head, (socket) => attach(socket, connection, open));
  };

  return new Promise((resolve, reject) => {
    const answer = getRequestListener(app.fetch, {
      overrideGlobalObjects: false,
      // HTTP/1.0 needs no Host, and health checks of load balancers leave it out.
      hostname: NO_HOST,
    });
    const take = (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      // Skip requests of a connection that is closed by now; destroying them here avoids an error with its
      // stack when the socket closes.
      if (socket.destroyed || !connections.began(socket)) return void request.destroy();
      gate.began(request);
      response.once("close", () => {
        connections.ended(socket);
        gate.ended(request);
      });
      places.enter(clientOf(request), (leave) => {
        if (socket.destroyed) return leave();
        gate.admitted(request);
        // The work is done once the answer is handed over; its transmission does not count.
        response.once("finish", leave);
        response.once("close", leave);
        response.once("prefinish", () => connections.wrote(socket));
        guarded(log, "http", answer, () => socket.destroy())(request, response);
      });
    };
    const deadlines = {
      headersTimeout: HEADERS_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1_000,
    };
    const server = createServer(
      { ...deadlines, shouldUpgradeCallback: asksForSocket },
      (request, response) => {
        guarded(log, "http", take, () => request.socket.destroy())(request, response);
      },
    );
    const listening = () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        async [Symbol.asyncDispose]() {
          const closed = new Promise<void>((done) => server.close(() => done()));
          server.closeIdleConnections();
          for (const socket of sockets.clients) socket.terminate();
          server.closeAllConnections();
          await closed;
          gate[Symbol.dispose]();
          connections[Symbol.dispose]();
        },
      });
    const greetSocket = (request: IncomingMessage, connection: Duplex, parsed: Buffer) => {
      const head = Buffer.concat([parsed, gate.release(request.socket)]);
      // Until `ws` listens itself; `destroyed` shows failures.
      connection.on("error", ignore);
      places.enter(clientOf(request), (leave) => {
        if (connection.destroyed) return leave();
        attend(log, "socket", upgrade(request, connection, head).finally(leave), () => connection.destroy());
      });
    };
    server.on("upgrade", (request: IncomingMessage, connection: Duplex, parsed: Buffer) => {
      guarded(log, "socket", greetSocket, () => connection.destroy())(request, connection, parsed);
    });
    server.once("error", reject);
    // For errors after listening has started; the watchdog notices the consequences.
    server.on("error", (error) => log.error("listen.failed", { error: causeOf(error) }));
    const greet = (socket: Socket) => {
      connections.add(socket);
      if (!socket.destroyed) gate.guard(socket);
    };
    server.on("connection", guarded(log, "socket", greet));
    server.listen(options.port, options.hostname, listening);
  });
}

/**
 * Replaces node-server's own code, which keeps each request with its context, headers and routes as long as
 * the socket lives: two thirds of the heap of an idle socket.
 */
function attach(socket: WebSocket, connection: Duplex, open: OpenWire): void {
  const end = open(new NodeWire(socket, connection));
  socket.on("message", (data: unknown, isBinary: boolean) => end.receive(isBinary ? data : String(data)));
  socket.on("close", () => end.gone());
  // A close event follows.
  socket.on("error", ignore);
}

/**
 * Whether a request asks for a WebSocket. Any other protocol it offers (JDK's client offers "h2c" with each
 * request) is ignored, as RFC 9110 §7.8 allows.
 */
function asksForSocket({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && headers.upgrade?.toLowerCase() === "websocket";
}

/** Undefined: not a valid request. */
function requestOf({ url = "", headers }: IncomingMessage): Request | undefined {
  if (!url.startsWith("/")) return undefined;
  try {
    return new Request(`http://${headers.host ?? NO_HOST}${url}`, { headers: headers as HeadersInit });
  } catch {
    return undefined;
  }
}

/** Answers with the app's response instead of a socket. */
async function reject(connection: Duplex, response: Response): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  response.headers.set("connection", "close");
  response.headers.set("content-length", String(body.length));
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`);
  connection.write(`HTTP/1.1 ${response.status} ${response.statusText}\r\n${lines.join("")}\r\n`);
  connection.end(body);
}

function ignore(): void {}
