import type { MediaRequest, PeersReport, ReportedPeer } from "@tafelrunde/protocol/media";
import { WebSocket, WebSocketServer } from "ws";

/** What happens to an edge's request on its way to the node: it passes, is refused, or is lost. */
export type Fate = "passes" | "refused" | "swallowed";

/** Longest wait for the node's response to the proxy's own request, ms. */
const ANSWER_MS = 20_000;

/** Ids of the proxy's own requests start here; an edge never reaches them. */
const OWN_IDS = 2 ** 40;

/** A proxy between edges and one media node: forwards as configured, and records requests and reports. */
export class ControlProxy implements AsyncDisposable {
  readonly #server: WebSocketServer;
  readonly #target: string;
  readonly asked: MediaRequest[] = [];
  /** The newest report of each peer in the node's newest report. */
  readonly peers = new Map<string, ReportedPeer>();
  fate: (request: MediaRequest) => Fate = () => "passes";
  /**
   * Channels whose edge has proved its key: before that a node accepts nothing else, and closes the channel
   * on anything else.
   */
  readonly #channels = new Set<WebSocket>();
  /** The proxy's own report requests, by id. */
  readonly #own = new Map<number, (report: PeersReport | undefined) => void>();
  #lastId = OWN_IDS;
  /** The running report, and the one that starts after it. */
  #current: Promise<Map<string, ReportedPeer>> | undefined;
  #next: Promise<Map<string, ReportedPeer>> | undefined;

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

  /** How often a request type was sent to the node, including those refused by the proxy. */
  count(type: MediaRequest["type"]): number {
    return this.asked.filter((request) => request.type === type).length;
  }

  /**
   * All peers that the node has now, of the edges connected through this proxy and of none. Callers during a
   * running report share the next one, which starts after their call.
   */
  report(): Promise<Map<string, ReportedPeer>> {
    if (this.#current !== undefined) {
      return this.#next ??= this.#current.catch(() => {}).then(() => {
        this.#next = undefined;
        return this.report();
      });
    }
    return this.#current = this.#report().finally(() => this.#current = undefined);
  }

  async #report(): Promise<Map<string, ReportedPeer>> {
    const reports = await Promise.all([...this.#channels].map((channel) => this.#reportOver(channel)));
    return new Map(reports.flat().map((peer) => [peer.peerId, peer]));
  }

  async #reportOver(channel: WebSocket): Promise<ReportedPeer[]> {
    const peers: ReportedPeer[] = [];
    for (let after: number | null = 0; after !== null && channel.readyState === WebSocket.OPEN;) {
      const id = ++this.#lastId;
      const { promise, resolve } = Promise.withResolvers<PeersReport | undefined>();
      const lost = () => resolve(undefined);
      this.#own.set(id, resolve);
      channel.once("close", lost);
      channel.send(JSON.stringify({ id, type: "peers.report", after }));
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(new Error("the node gives no report")), ANSWER_MS);
      const report: PeersReport | undefined = await Promise.race([promise, late.promise]).finally(() => {
        clearTimeout(timer);
        channel.off("close", lost);
        this.#own.delete(id);
      });
      peers.push(...report?.peers ?? []);
      after = report?.next ?? null;
    }
    return peers;
  }

  #join(edge: WebSocket): void {
    const node = new WebSocket(this.#target);
    node.once("close", () => this.#channels.delete(node));
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
      if (text.startsWith('{"id":')) {
        const answer = JSON.parse(text);
        const own = this.#own.get(answer.id);
        if (own !== undefined) {
          return own(answer.ok);
        }
        this.#note(answer, reports);
      } else if (JSON.parse(text).type === "ready") this.#channels.add(node);
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
