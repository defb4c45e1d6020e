import { serve, upgradeWebSocket } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Hono } from "hono";
import { type WebSocket, WebSocketServer } from "ws";
import { MAX_MESSAGE_BYTES } from "@tafelrunde/protocol";
import type { Runtime } from "./http/signal.ts";

/** What node-server calls a WebSocketServer: the same thing, typed without the optional parts. */
type UpgradeServer = NonNullable<Parameters<typeof serve>[0]["websocket"]>["server"];

/** A listening server. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** Sockets by `ws`: it bounds a message while it arrives and can end a connection without a handshake; Deno's own can do neither. */
export function nodeRuntime(): Runtime {
  return {
    upgrade: (events) => upgradeWebSocket(events),
    wireOf(ws) {
      const raw = ws.raw as WebSocket;
      return {
        get unsentBytes() {
          return raw.bufferedAmount;
        },
        send: (text) => raw.send(text, ignoreLateFailure),
        close: (code, reason) => raw.close(code, reason),
        terminate: () => raw.terminate(),
      };
    },
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

/** A send that fails does so because the socket has closed, and "close" tells that. */
function ignoreLateFailure(): void {}
