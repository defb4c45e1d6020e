import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Hono } from "hono";
import { type WebSocket, WebSocketServer } from "ws";
import { MAX_MESSAGE_BYTES } from "@tafelrunde/protocol";
import { type Connections, HEADERS_WITHIN_MS, KEEP_ALIVE_MS, REQUEST_WITHIN_MS } from "./connections.ts";
import { causeOf } from "./cause.ts";
import type { FairPlaces } from "./fair_places.ts";
import { attend, guarded } from "./faults.ts";
import type { OpenWire, Runtime } from "./http/signal.ts";
import type { Log } from "./log.ts";
import { addressKey, clientKey, type TrustedProxies } from "./network_address.ts";
import { NodeWire } from "./node_wire.ts";
import { RequestGate } from "./request_gate.ts";

/** The host of a request that names none. */
const NO_HOST = "localhost";

/** A listening server. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** What the app is given beside a request that asks for a WebSocket. */
interface UpgradeBindings {
  readonly incoming: IncomingMessage;
  /** Set by the route that takes the socket. */
  open?: OpenWire;
}

/** Sockets by `ws`: it bounds a message while it arrives and can end a connection without a handshake; Deno's own can do neither. */
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

/** Listens with Node's HTTP server (inside Deno). Rejects when the address cannot be had. */
export function listenNode(
  app: Hono,
  { connections, places, log, trust, ...options }: {
    hostname: string;
    port: number;
    log: Log;
    connections: Connections;
    /** Those of the edge. */
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
    // Strangers' nonsense is no fault of ours.
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
      // HTTP/1.0 needs no Host, and health checks of balancers leave it out.
      hostname: NO_HOST,
    });
    const take = (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      // What a connection asked for that is ended by now is not looked at; given up here, it costs no error with its stack when the socket closes.
      if (socket.destroyed || !connections.began(socket)) return void request.destroy();
      gate.began(request);
      response.once("close", () => {
        connections.ended(socket);
        gate.ended(request);
      });
      places.enter(clientOf(request), (leave) => {
        if (socket.destroyed) return leave();
        gate.admitted(request);
        // Its work is done when it is handed over; how long it is on its way is nobody's concern.
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
      // Until `ws` listens itself; what fails shows in `destroyed`.
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
    // One that listens and fails later: the watchdog sees what it comes to.
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
 * In place of node-server's own way, which keeps each request with its context, headers and routes for as long as its socket lives: two thirds
 * of the heap that an idle socket took.
 */
function attach(socket: WebSocket, connection: Duplex, open: OpenWire): void {
  const end = open(new NodeWire(socket, connection));
  socket.on("message", (data: unknown, isBinary: boolean) => end.receive(isBinary ? data : String(data)));
  socket.on("close", () => end.gone());
  // A close follows.
  socket.on("error", ignore);
}

/**
 * Whether a request is to be taken for a WebSocket. Any other protocol that it offers besides (JDK's client offers "h2c" with each request) is
 * left alone: RFC 9110 §7.8 lets a server ignore it.
 */
function asksForSocket({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && headers.upgrade?.toLowerCase() === "websocket";
}

/** Undefined: it is none that a server is asked. */
function requestOf({ url = "", headers }: IncomingMessage): Request | undefined {
  if (!url.startsWith("/")) return undefined;
  try {
    return new Request(`http://${headers.host ?? NO_HOST}${url}`, { headers: headers as HeadersInit });
  } catch {
    return undefined;
  }
}

/** Answers with what the app says instead of a socket. */
async function reject(connection: Duplex, response: Response): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  response.headers.set("connection", "close");
  response.headers.set("content-length", String(body.length));
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`);
  connection.write(`HTTP/1.1 ${response.status} ${response.statusText}\r\n${lines.join("")}\r\n`);
  connection.end(body);
}

function ignore(): void {}
