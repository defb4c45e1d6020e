import { getConnInfo, upgradeWebSocket } from "hono/deno";
import type { Runtime } from "./http/signal.ts";

/**
 * Sockets by Deno itself, for platforms that offer nothing else. Messages are measured when they have arrived, so the platform in front must
 * bound them (docs/running.md, "Edge functions").
 */
export function denoRuntime(): Runtime {
  return {
    upgrade: (events) => upgradeWebSocket(events, { idleTimeout: 0 }),
    wireOf(ws) {
      const raw = ws.raw as WebSocket;
      return {
        get unsentBytes() {
          return raw.bufferedAmount;
        },
        send: (text) => raw.send(text),
        close: (code, reason) => raw.close(code, reason),
        terminate: () => {/* Deno has none: the closing handshake or TCP ends it */},
      };
    },
    peerAddress: (c) => getConnInfo(c).remote.address ?? "",
  };
}
