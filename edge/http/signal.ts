import { randomToken } from "@tafelrunde/protocol";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { WSContext, WSEvents } from "hono/ws";
import type { Config } from "../config.ts";
import { readCaller } from "../identity/caller.ts";
import type { Reception, Visitor } from "../rooms/knock.ts";
import { Session } from "../rooms/session.ts";
import { Socket, type Wire } from "../rooms/socket.ts";
import { clientAddress } from "./address.ts";
import { readDevice } from "./device_cookie.ts";
import { limitBy } from "./limit.ts";
import { sameOrigin } from "./origin.ts";
import { ProblemError } from "./problem.ts";

declare module "hono" {
  interface ContextVariableMap {
    visitor: Visitor;
  }
}

/** What differs between `ws` behind node-server and a Deno platform. */
export interface Runtime {
  /** Makes the upgrade to a WebSocket a middleware. */
  upgrade(events: (c: Context) => WSEvents): MiddlewareHandler;
  /** The socket as our side sees it. */
  wireOf(ws: WSContext): Wire;
  /** The network address that the connection comes from. */
  peerAddress(c: Context): string;
}

/** One open socket and the person on it. */
export interface Connected {
  readonly socket: Socket;
  readonly session: Session;
}

/** The open sockets of an edge, and whether it takes new ones. */
export interface Door {
  readonly connected: Set<Connected>;
  isClosing: boolean;
}

/** GET /v1/signal: the signaling socket. */
export function signalRoutes(reception: Reception, config: Config, runtime: Runtime, door: Door): Hono {
  const { log, now, metrics } = reception.context;
  const open = (visitor: Visitor): WSEvents => {
    let connected: Connected | undefined;
    let release: (() => void) | undefined;
    const gone = () => {
      connected?.socket.gone();
      release?.();
      if (connected !== undefined) door.connected.delete(connected);
      connected = release = undefined;
    };
    return {
      onOpen(_event, ws) {
        const passenger = (socket: Socket) => {
          const session = new Session(socket, reception, visitor);
          connected = { socket, session };
          return session;
        };
        const socket = new Socket(runtime.wireOf(ws), { log, now, metrics, passenger });
        door.connected.add(connected!);
        release = reception.limits.holdSocket(visitor.address);
        if (release === undefined) socket.close("addressFull");
      },
      onMessage: (event) => connected?.socket.receive(event.data),
      onClose: gone,
      onError: gone,
    };
  };
  const routes = new Hono();
  routes.get(
    "/signal",
    sameOrigin(config),
    async (_c, next) => {
      if (door.isClosing) throw new ProblemError(503, "edge.draining", "This edge takes no new connections.");
      await next();
    },
    limitBy(reception.limits, "socket.open", config, runtime),
    async (c, next) => {
      c.set("visitor", {
        // Who has no cookie cannot resume: their next socket is another person's.
        device: readDevice(c, config) ?? randomToken(),
        address: clientAddress(c, config, runtime),
        caller: await readCaller(c),
      });
      await next();
    },
    runtime.upgrade((c) => open(c.var.visitor)),
  );
  return routes;
}
