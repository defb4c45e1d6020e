/// <reference lib="deno.ns" />
import type { Up } from "@tafelrunde/protocol";

/**
 * A WebSocket server in place of an edge, for tests: records what clients send and sends what the test wants.
 */
export class TestingEdge implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #sockets: WebSocket[] = [];
  /** Messages of each connection, in order of connecting. */
  readonly received: Up[][] = [];
  /** Whether pings are answered. */
  isAlive = true;

  constructor() {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      const received: Up[] = [];
      this.received.push(received);
      this.#sockets.push(socket);
      socket.addEventListener("message", ({ data }) => {
        const message = JSON.parse(data) as Up;
        if (message.type === "ping") {
          if (this.isAlive) socket.send(JSON.stringify({ type: "pong", n: message.n }));
          return;
        }
        received.push(message);
      });
      return response;
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#server.addr.port}/v1/signal`;
  }

  /** The newest connection. */
  get socket(): WebSocket {
    return this.#sockets.at(-1)!;
  }

  get connections(): number {
    return this.#sockets.length;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Resolves once `isSo` returns true. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    await this.#server.shutdown();
  }
}
