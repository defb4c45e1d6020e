import { randomToken } from "@tafelrunde/protocol";
import { type Context, Hono } from "hono";
import type { Config } from "../config.ts";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Client, RoomServices } from "../rooms/admission/authorize.ts";
import { Session } from "../rooms/session.ts";
import type { Wire } from "../rooms/socket.ts";
import { clientAddress } from "./address.ts";
import { readMeetingCaller } from "./caller.ts";
import { readDevice } from "./device_cookie.ts";
import { limitBy } from "./limit.ts";
import { sameOrigin } from "./origin.ts";
import { ProblemError } from "./problem.ts";

declare module "hono" {
  interface ContextVariableMap {
    client: Client;
  }
}

/** Our end of a WebSocket: receives its events. */
export interface WireEnd {
  /** A message: a string, or the platform's type for bytes. */
  receive(data: unknown): void;
  /** The socket is closed. */
  gone(): void;
}

/** Called with a WebSocket once it is open. */
export type OpenWire = (wire: Wire) => WireEnd;

/** Differences between `ws` behind node-server and a Deno platform. */
export interface Runtime {
  /**
   * The response that upgrades a request to a WebSocket, for which `open` is then called; undefined: the
   * request is not an upgrade.
   */
  upgrade(c: Context, open: OpenWire): Response | undefined;
  /** The network address of the connection. */
  peerAddress(c: Context): string;
}

/** Open sockets of an edge, and whether it accepts new ones. */
export interface SignalConnections {
  readonly connected: Set<Session>;
  isClosing: boolean;
  /** Whether the database accepts writes. */
  isStoreUp(): boolean;
}

/** GET /v1/signal: the signaling socket. */
export function signalRoutes(
  services: RoomServices,
  config: Config,
  runtime: Runtime,
  connections: SignalConnections,
): Hono {
  // In its own scope: what a socket's closure refers to lives as long as the socket, and must not include the
  // request.
  const { log } = services.context;
  const openFor = (client: Client): OpenWire => (wire) => {
    const end = () => wire.terminate();
    const made: { socket?: WireEnd } = {};
    guarded(log, "socket", () => made.socket = openSocket(client, wire), end)();
    return {
      receive: guarded(log, "socket", (data) => made.socket?.receive(data), end),
      gone: guarded(log, "socket", () => made.socket?.gone()),
    };
  };
  const openSocket = (client: Client, wire: Wire): WireEnd => {
    const release = services.limits.holdSocket(client.address);
    const session = new Session(wire, services, client);
    const { socket } = session;
    connections.connected.add(session);
    if (release === undefined) socket.close("addressFull");
    return {
      receive: (data) => socket.receive(data),
      gone() {
        socket.gone();
        release?.();
        connections.connected.delete(session);
      },
    };
  };
  const routes = new Hono();
  routes.get(
    "/signal",
    sameOrigin({ db: services.context.db, config }),
    async (_c, next) => {
      if (connections.isClosing) {
        throw new ProblemError(503, "edge.draining", "This edge accepts no new connections.");
      }
      await next();
    },
    limitBy(services.limits, "socket.open", config, runtime),
    async (c, next) => {
      c.set("client", {
        // A client without a cookie cannot resume: its next socket is another participant.
        device: readDevice(c, config) ?? randomToken(),
        address: clientAddress(c, config, runtime),
        caller: await readMeetingCaller(c),
      });
      await next();
    },
    async (c, next) => {
      if (asksForSocket(c) && !isHandshake(c)) {
        throw new ProblemError(400, "request.invalid", "Not a valid WebSocket opening handshake.");
      }
      return runtime.upgrade(c, openFor(c.var.client)) ?? await next();
    },
  );
  return routes;
}

function asksForSocket({ req }: Context): boolean {
  return req.header("upgrade")?.toLowerCase() === "websocket";
}

/**
 * Whether the request is a complete opening handshake: both runtimes would accept an incomplete one. Source:
 * RFC 6455 §4.2.1.
 */
function isHandshake({ req }: Context): boolean {
  const connection = (req.header("connection") ?? "").toLowerCase().split(",").map((token) => token.trim());
  return req.method === "GET" && connection.includes("upgrade") &&
    req.header("sec-websocket-version") === "13" &&
    /^[A-Za-z0-9+/]{22}==$/.test(req.header("sec-websocket-key") ?? "");
}
