import type { EdgeContext, RoomServices } from "../context.ts";
import type { OpenWire, Wire, WireEnd } from "../runtime/runtime.ts";
import { randomToken } from "@tafelrunde/protocol";
import { type Context, Hono } from "hono";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Client } from "../rooms/admission/authorize.ts";
import { Session } from "../rooms/session.ts";
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

/** GET /v1/signal: the signaling socket. */
export function signalRoutes(
  context: RoomServices & Pick<EdgeContext, "config" | "runtime" | "connections">,
): Hono {
  const { log, db, limits, config, runtime, connections } = context;
  // In its own scope: what a socket's closure refers to lives as long as the socket, and must not include the
  // request.
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
    const release = limits.holdSocket(client.address);
    const session = new Session(wire, context, client);
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
    sameOrigin({ db, config }),
    async (_c, next) => {
      if (connections.isClosing) {
        throw new ProblemError(503, "edge.draining", "This edge accepts no new connections.");
      }
      await next();
    },
    limitBy(context, "socket.open"),
    async (c, next) => {
      c.set("client", {
        // A client without a cookie cannot resume: its next socket is another participant.
        device: readDevice(c, config) ?? randomToken(),
        address: clientAddress(c, context),
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
