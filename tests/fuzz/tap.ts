import { WebSocket, WebSocketServer } from "ws";

/** Called with each forwarded text and its direction. */
export type Heard = (text: string, from: "caller" | "called") => void;

/** A transparent proxy in front of a WebSocket server that records all messages. */
export class Tap implements AsyncDisposable {
  readonly #server: WebSocketServer;
  #target = "";
  #called: () => Heard = () => () => {};

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on(
      "connection",
      (caller: WebSocket, { url = "/", headers }: { url?: string; headers: Record<string, string> }) =>
        this.#join(caller, url, headers["cookie"]),
    );
  }

  static async start(): Promise<Tap> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await new Promise((resolve) => server.once("listening", resolve));
    return new Tap(server);
  }

  get authority(): string {
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /**
   * Sets the server that clients are forwarded to, "ws://127.0.0.1:PORT", and the recorder for each
   * connection.
   */
  lead(target: string, called: () => Heard): void {
    this.#target = target;
    this.#called = called;
  }

  #join(caller: WebSocket, path: string, cookie: string | undefined): void {
    const called = new WebSocket(`${this.#target}${path}`, {
      headers: cookie === undefined ? {} : { cookie },
    });
    const heard = this.#called();
    const early: string[] = [];
    caller.on("message", (data: unknown) => {
      const text = String(data);
      heard(text, "caller");
      if (called.readyState === WebSocket.OPEN) called.send(text);
      else early.push(text);
    });
    called.on("open", () => {
      for (const text of early.splice(0)) called.send(text);
    });
    called.on("message", (data: unknown) => {
      const text = String(data);
      heard(text, "called");
      caller.send(text);
    });
    for (const [one, other] of [[caller, called], [called, caller]] as const) {
      one.on("error", () => {});
      one.once("close", () => other.terminate());
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
