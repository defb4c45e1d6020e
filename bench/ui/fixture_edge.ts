import { extname } from "node:path";
import { type Down, type Event, PROTOCOL_VERSION, type Up } from "../../protocol/mod.ts";
import { type Meeting, personAt } from "./meeting.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** An edge with one made-up meeting and one client, which gets every event; no media, no database. */
export class FixtureEdge implements AsyncDisposable {
  readonly #folder: string;
  readonly #meeting: Meeting;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #socket: WebSocket | undefined;

  /** `folder`: the built web app. */
  constructor(folder: string, meeting: Meeting) {
    this.#folder = folder;
    this.#meeting = meeting;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#serve(request),
    );
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Sends an event of the meeting to the client. */
  send(message: Down | Event): void {
    this.#socket?.send(JSON.stringify(message));
  }

  async #serve(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/v1/signal") {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.addEventListener("message", ({ data }) => this.#received(JSON.parse(data)));
      this.#socket = socket;
      return response;
    }
    if (pathname.startsWith("/v1/")) {
      return Response.json({ code: "notFound" }, { status: 404 });
    }
    const path = extname(pathname) === "" ? "/index.html" : pathname;
    const body = await Deno.readFile(`${this.#folder}${path}`).catch(() => undefined);
    if (body === undefined) return new Response(null, { status: 404 });
    return new Response(body, {
      headers: { "content-type": TYPES[extname(path)] ?? "application/octet-stream" },
    });
  }

  #received(message: Up): void {
    const you = personAt(0);
    const { room, participants } = this.#meeting.state;
    if (message.type === "ping") return this.send({ type: "pong", n: message.n });
    if (message.type === "hello") {
      return this.send({
        type: "welcome",
        version: PROTOCOL_VERSION,
        you,
        edgeId: "edge",
        lobby: { name: room.name, present: Object.keys(participants).length },
        joined: false,
        waiting: false,
        role: "participant",
        account: null,
        needs: { password: false, admission: false },
        clusterVersion: PROTOCOL_VERSION,
        isLinkForAll: false,
        peer: null,
        nodes: [],
        at: Date.now(),
      } as unknown as Down);
    }
    if (message.type === "participant.join") {
      this.#meeting.join(you, message.name, "participant");
      this.send({ type: "snapshot", state: { ...this.#meeting.state } } as Down);
      return this.send({ type: "done", cause: message.id });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.close();
    await this.#server.shutdown();
  }
}
