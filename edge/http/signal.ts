import { randomToken } from "@tafelrunde/protocol";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { WSContext, WSEvents } from "hono/ws";
import type { Config } from "../config.ts";
import type { Reception } from "../rooms/enter.ts";
import { Session } from "../rooms/session.ts";
import { Socket, type Wire } from "../rooms/socket.ts";
import { readDevice } from "./device_cookie.ts";
import { sameOrigin } from "./origin.ts";

/** What differs between `ws` behind node-server and a Deno platform. */
export interface Runtime {
  /** Makes the upgrade to a WebSocket a middleware. */
  upgrade(events: (c: Context) => WSEvents): MiddlewareHandler;
  /** The socket as our side sees it. */
  wireOf(ws: WSContext): Wire;
  /** Open sockets, for those who end them. */
  readonly sockets: Set<Socket>;
}

/** GET /v1/signal: the signaling socket. */
export function signalRoutes(reception: Reception, config: Config, runtime: Runtime): Hono {
  const { log, now } = reception.context;
  const routes = new Hono();
  routes.get(
    "/signal",
    sameOrigin(config),
    runtime.upgrade((c) => {
      // Who has no cookie cannot resume: their next socket is another person's.
      const device = readDevice(c, config) ?? randomToken();
      let socket: Socket | undefined;
      const gone = () => {
        socket?.gone();
        if (socket !== undefined) runtime.sockets.delete(socket);
      };
      return {
        onOpen(_event, ws) {
          socket = new Socket(runtime.wireOf(ws), {
            log,
            now,
            passenger: (own) => new Session(own, reception, device),
          });
          runtime.sockets.add(socket);
        },
        onMessage: (event) => socket?.receive(event.data),
        onClose: gone,
        onError: gone,
      };
    }),
  );
  return routes;
}
