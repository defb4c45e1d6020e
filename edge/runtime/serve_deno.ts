import type { Runtime, Wire } from "./runtime.ts";
import { getConnInfo } from "hono/deno";
import type { FairPlaces } from "../fair_places.ts";
import { clientKey, type TrustedProxies } from "../network_address.ts";

class DenoWire implements Wire {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    // Deno throws if the socket is not open (anymore).
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  sendAll(texts: readonly string[]): void {
    for (const text of texts) this.send(text);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** Deno has no terminate: the closing handshake or TCP ends the connection. */
  terminate(): void {}

  /** Deno cannot stop reading either; the session bounds the queue. */
  pause(): void {}

  resume(): void {}
}

/**
 * Sockets by Deno itself, for platforms without Node's. Messages are measured after they have arrived, so the
 * platform in front must limit their size (docs/running.md, "Edge functions").
 */
export function denoRuntime(): Runtime {
  return {
    upgrade(c, open) {
      if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return undefined;
      const { socket, response } = Deno.upgradeWebSocket(c.req.raw, { idleTimeout: 0 });
      socket.onopen = () => {
        const end = open(new DenoWire(socket));
        socket.onmessage = ({ data }) => end.receive(data);
        socket.onclose = () => end.gone();
      };
      // A close event follows.
      socket.onerror = (event) => {
        event.preventDefault();
      };
      return response;
    },
    peerAddress: (c) => getConnInfo(c).remote.address ?? "",
  };
}

/**
 * Answers requests in turns between addresses, a few of each at once: requests of one connection come one by
 * one, but an address can have any number of connections.
 */
export function inTurns(
  fetch: Deno.ServeHandler<Deno.NetAddr>,
  { trust, places }: { readonly trust: TrustedProxies; readonly places: FairPlaces },
): Deno.ServeHandler<Deno.NetAddr> {
  return (request, info) => {
    const answered = Promise.withResolvers<Response>();
    const forwarded = request.headers.get("x-forwarded-for") ?? undefined;
    places.enter(clientKey(info.remoteAddr.hostname, forwarded, trust), (leave) => {
      // Until the answer's headers: a slow reader occupies no place.
      const answering = Promise.try(() => fetch(request, info)).finally(leave);
      answered.resolve(answering);
    });
    return answered.promise;
  };
}
