import { base32, type NodeId, randomToken } from "@tafelrunde/protocol";
import { CHANNEL_VERSIONS, controlProof, type NodeProfile } from "@tafelrunde/protocol/media";
import { type WebSocket, WebSocketServer } from "ws";
import { CLUSTER_KEY } from "../edge_rig.ts";
import { IDLE } from "../lying_node.ts";
import type { Frame } from "./mutate.ts";

/** Interval between two of its notices, ms. */
const TICK_MS = 15;

/** Interval of the load notices, the same as of real nodes. */
const LOAD_MS = 1_000;

/** A request of a client that holds the cluster key. */
export interface Asked {
  readonly id: number;
  readonly type: string;
  readonly roomId?: string;
  readonly peerId?: string;
}

/** Its responses and notices. Undefined: none. */
export interface Lies {
  answer(asked: Asked): Frame | undefined;
  notice(): Frame | undefined;
}

/** The profile of a node with this name. */
export function profileOf(nodeId: string, url: string): NodeProfile {
  return {
    address: {
      nodeId: nodeId as NodeId,
      region: "fra" as NodeProfile["address"]["region"],
      jurisdiction: "de" as NodeProfile["address"]["jurisdiction"],
      publicUrl: null,
      privateUrl: url === "" ? null : url as string,
      network: "test",
    },
    runId: base32(crypto.getRandomValues(new Uint8Array(10))) as NodeProfile["runId"],
    operator: "",
    probeUrl: null,
    capacity: { peers: 2_000, workers: 1, bandwidthBps: 0 },
  };
}

/** A node that holds the cluster key and sends arbitrary messages to edges and other nodes. */
export class FalseNode implements AsyncDisposable {
  readonly #server: WebSocketServer;
  readonly #lies: Lies;
  readonly profile: NodeProfile;

  private constructor(server: WebSocketServer, nodeId: string, lies: Lies) {
    this.#server = server;
    this.#lies = lies;
    this.profile = profileOf(nodeId, this.url);
    server.on("connection", (socket: WebSocket) => this.#greet(socket));
  }

  static async start(nodeId: string, lies: Lies): Promise<FalseNode> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await new Promise((resolve) => server.once("listening", resolve));
    return new FalseNode(server, nodeId, lies);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  #greet(socket: WebSocket): void {
    const nodeNonce = randomToken();
    const { nodeId } = this.profile.address;
    const send = (frame: Frame | undefined) => {
      if (frame === undefined || socket.readyState !== socket.OPEN) return;
      if (typeof frame === "string") socket.send(frame);
      else socket.send(frame.bytes, { binary: frame.isBinary });
    };
    const timers: ReturnType<typeof setInterval>[] = [];
    socket.on("error", () => {});
    socket.once("close", () => timers.forEach(clearInterval));
    socket.on("message", (data: unknown) => {
      const message = JSON.parse(String(data));
      if (message.type !== "auth" && message.type !== "auth.node") return send(this.#lies.answer(message));
      const fromId = message.type === "auth" ? message.edgeId : message.node.address.nodeId;
      const ids = { fromId, nodeId, fromNonce: message.nonce, nodeNonce };
      void controlProof(CLUSTER_KEY, "node", ids).then((proof) => {
        send(JSON.stringify({ type: "ready", version: CHANNEL_VERSIONS[1], proof, node: this.profile }));
        if (message.type === "auth") {
          send(JSON.stringify(IDLE));
          timers.push(setInterval(() => send(JSON.stringify(IDLE)), LOAD_MS));
        }
        timers.push(setInterval(() => send(this.#lies.notice()), TICK_MS));
      });
    });
    send(JSON.stringify({ type: "challenge", versions: CHANNEL_VERSIONS, nodeId, nonce: nodeNonce }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
