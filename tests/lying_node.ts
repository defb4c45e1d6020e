import { base32, type NodeId, randomToken } from "@tafelrunde/protocol";
import { CHANNEL_VERSIONS, controlProof, type NodeProfile } from "@tafelrunde/protocol/media";
import { type WebSocket, WebSocketServer } from "ws";
import { CLUSTER_KEY } from "./edge_rig.ts";

/** A truthful load: an idle node. */
export const IDLE = {
  type: "load",
  state: "up",
  cpu: [0],
  peers: 0,
  rooms: 0,
  producers: 0,
  consumers: 0,
  piped: 0,
  outside: 0,
  sendBps: 0,
  recvBps: 0,
};

/** Interval of load notices, the same as of real nodes (N4): an edge reconnects to a silent one. */
const LOAD_INTERVAL_MS = 1_000;

/** The part of an edge's request that tests read. */
export interface Asked {
  readonly type: string;
  readonly id: number;
  readonly roomId: string;
  readonly peerId: string;
}

/** A node's reaction to a request: the response, and notices. */
export type Reply = (asked: Asked) => readonly object[];

const refuse: Reply = ({ id }) => [{ id, refused: "node.full" }];

/**
 * A node that holds the cluster key, sends the load and responses that it is told to, and accepts no
 * participants by itself.
 */
export class LyingNode implements AsyncDisposable {
  readonly #server: WebSocketServer;
  readonly #profile: NodeProfile;
  readonly #load: string;
  readonly #reply: Reply;
  /** How often an edge has connected. */
  calls = 0;
  /** How often it was asked to accept a participant. */
  asked = 0;

  private constructor(server: WebSocketServer, profile: NodeProfile, load: string, reply: Reply) {
    this.#server = server;
    this.#profile = profile;
    this.#load = load;
    this.#reply = reply;
    server.on("connection", (socket: WebSocket) => this.#greet(socket));
  }

  /** `load` is sent verbatim. */
  static async start(
    nodeId: string,
    load: string,
    { capacity = 2_000, reply = refuse }: { capacity?: number | undefined; reply?: Reply } = {},
  ): Promise<LyingNode> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await new Promise((resolve) => server.once("listening", resolve));
    const address = {
      nodeId: nodeId as NodeId,
      region: nodeId as NodeProfile["address"]["region"],
      jurisdiction: "de" as NodeProfile["address"]["jurisdiction"],
      publicUrl: null,
      privateUrl: null,
      network: null,
    };
    const runId = base32(crypto.getRandomValues(new Uint8Array(10))).slice(0, 16) as NodeProfile["runId"];
    return new LyingNode(
      server,
      {
        address,
        runId,
        operator: "",
        probeUrl: null,
        capacity: { peers: capacity, workers: 1, bandwidthBps: 0 },
      },
      load,
      reply,
    );
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  #greet(socket: WebSocket): void {
    this.calls++;
    const { nodeId } = this.#profile.address;
    const nodeNonce = randomToken();
    socket.on("error", () => {});
    socket.on("message", (data: unknown) => {
      const message = JSON.parse(String(data));
      if (message.type === "auth") {
        const ids = { fromId: message.edgeId, nodeId, fromNonce: message.nonce, nodeNonce };
        void controlProof(CLUSTER_KEY, "node", ids).then((proof) => {
          socket.send(
            JSON.stringify({ type: "ready", version: CHANNEL_VERSIONS[1], proof, node: this.#profile }),
          );
          socket.send(this.#load);
          const timer = setInterval(() => socket.send(this.#load), LOAD_INTERVAL_MS);
          socket.once("close", () => clearInterval(timer));
        });
        return;
      }
      if (message.type === "peer.open") this.asked++;
      for (const said of this.#reply(message)) socket.send(JSON.stringify(said));
    });
    socket.send(JSON.stringify({ type: "challenge", versions: CHANNEL_VERSIONS, nodeId, nonce: nodeNonce }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
