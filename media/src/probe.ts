import type { IncomingMessage } from "node:http";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Listener } from "./listen.ts";
import type { Log } from "@tafelrunde/protocol/process/log";

/** Largest message that is echoed, bytes: a number chosen by the browser. */
export const MAX_PROBE_BYTES = 64;

/** Most echoes on one connection: a measurement takes about five. */
export const MAX_ECHOES = 32;

/** Longest lifetime of a connection, ms: a measurement over the slowest network takes a tenth of it. */
export const PROBE_TTL_MS = 10_000;

/**
 * Most concurrent connections, in total and per address: a school behind one address opens its pages at the
 * same time.
 */
export const PROBE_CONNECTIONS = { inAll: 2_000, perAddress: 200 };

/** Most connections to the port, including those that open no WebSocket. */
export const PROBING = {
  inAll: PROBE_CONNECTIONS.inAll + 200,
  perAddress: PROBE_CONNECTIONS.perAddress + 20,
};

/** WebSocket close codes. Source: RFC 6455 §7.4.1, IANA registry. */
const NORMAL = 1000;
const POLICY = 1008;
const TRY_AGAIN_LATER = 1013;

/**
 * Lets browsers measure their latency to the node: a WebSocket that echoes what it receives. It needs no
 * authentication, whatever the page's origin, since clients learn nothing else; nothing about them is kept.
 */
export class ProbeServer implements Disposable {
  readonly #server: WebSocketServer;
  readonly #perAddress = new Map<string, number>();

  constructor({ server }: Listener, log: Log) {
    this.#server = new WebSocketServer({
      server,
      path: "/probe",
      maxPayload: MAX_PROBE_BYTES,
      perMessageDeflate: false,
    });
    // The listener's owner handles its errors.
    this.#server.on("error", () => {});
    const connect = (socket: WebSocket, { socket: { remoteAddress = "" } }: IncomingMessage) => {
      const count = (this.#perAddress.get(remoteAddress) ?? 0) + 1;
      if (this.#server.clients.size > PROBE_CONNECTIONS.inAll || count > PROBE_CONNECTIONS.perAddress) {
        socket.close(TRY_AGAIN_LATER);
        socket.on("error", () => {/* already refused */});
        return;
      }
      this.#perAddress.set(remoteAddress, count);
      socket.once("close", () => {
        const left = this.#perAddress.get(remoteAddress)! - 1;
        if (left === 0) this.#perAddress.delete(remoteAddress);
        else this.#perAddress.set(remoteAddress, left);
      });
      echo(socket, log);
    };
    this.#server.on("connection", (socket, request) => {
      guarded(log, "listener", connect, () => socket.terminate())(socket, request);
    });
  }

  [Symbol.dispose](): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }
}

function echo(socket: WebSocket, log: Log): void {
  let echoes = 0;
  const end = setTimeout(guarded(log, "job", () => socket.terminate()), PROBE_TTL_MS);
  socket.on("error", () => {/* "close" follows */});
  socket.once("close", () => clearTimeout(end));
  const answer = (data: RawData, isBinary: boolean) => {
    echoes += 1;
    if (echoes > MAX_ECHOES) return socket.close(POLICY);
    socket.send(data, { binary: isBinary });
    if (echoes === MAX_ECHOES) socket.close(NORMAL);
  };
  socket.on("message", guarded(log, "listener", answer, () => socket.terminate()));
}
