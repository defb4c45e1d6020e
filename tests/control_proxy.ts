import type { MediaRequest, PeersReport, ReportedPeer } from "@tafelrunde/protocol/media";
import { WebSocket, WebSocketServer } from "ws";

/** What becomes of a request of an edge on its way to the node: it passes, is refused, or never heard of again. */
export type Fate = "passes" | "refused" | "swallowed";

/** Sits between edges and one media node, lets pass what it is told to, and remembers what was asked and reported. */
export class ControlProxy implements AsyncDisposable {
  readonly #server: WebSocketServer;
  readonly #target: string;
  readonly asked: MediaRequest[] = [];
  /** The newest report on each peer that the node had in the newest report. */
  readonly peers = new Map<string, ReportedPeer>();
  fate: (request: MediaRequest) => Fate = () => "passes";

  private constructor(server: WebSocketServer, target: string) {
    this.#server = server;
    this.#target = target;
    server.on("connection", (edge: WebSocket) => this.#join(edge));
  }

  static async start(target: string): Promise<ControlProxy> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await new Promise((resolve) => server.once("listening", resolve));
    return new ControlProxy(server, target);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** How often something was asked of the node, refused by the way or not. */
  count(type: MediaRequest["type"]): number {
    return this.asked.filter((request) => request.type === type).length;
  }

  #join(edge: WebSocket): void {
    const node = new WebSocket(this.#target);
    const early: string[] = [];
    const reports = new Set<number>();
    edge.on("message", (data: unknown) => {
      const text = String(data);
      const message = JSON.parse(text) as MediaRequest;
      if (message.id !== undefined) {
        this.asked.push(message);
        const fate = this.fate(message);
        if (fate === "swallowed") return;
        if (fate === "refused") {
          return edge.send(JSON.stringify({ id: message.id, refused: "node.failed" }));
        }
        if (message.type === "peers.report") reports.add(message.id);
      }
      if (node.readyState === WebSocket.OPEN) node.send(text);
      else early.push(text);
    });
    node.on("open", () => {
      for (const text of early.splice(0)) node.send(text);
    });
    node.on("message", (data: unknown) => {
      const text = String(data);
      if (text.startsWith('{"id":')) this.#note(JSON.parse(text), reports);
      edge.send(text);
    });
    for (const [one, other] of [[edge, node], [node, edge]] as const) {
      one.on("error", () => {});
      one.once("close", () => other.terminate());
    }
  }

  #note({ id, ok }: { id: number; ok?: PeersReport }, reports: Set<number>): void {
    if (!reports.delete(id) || ok === undefined) return;
    this.peers.clear();
    for (const peer of ok.peers) this.peers.set(peer.peerId, peer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
