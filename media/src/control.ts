import type { IncomingMessage } from "node:http";
import { CLOSE, parse, randomToken } from "@tafelrunde/protocol";
import {
  agreedVersion,
  CHANNEL_VERSIONS,
  CONTROL_UNAUTHORIZED,
  type ControlHandshake,
  controlHandshake,
  controlProof,
  findProvedKey,
  MAX_CONTROL_BYTES,
  type MediaRequest,
  mediaRequests,
  type NodeProfile,
} from "@tafelrunde/protocol/media";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { textOf } from "@tafelrunde/protocol/process/request_channel";
import { fail, logSparsely, makePings, serveRequests } from "./channel.ts";
import type { Edges } from "./edges.ts";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Listener } from "./listen.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { MediaNode, MediaOutcome } from "./media_node.ts";

/** Longest wait for the proof, ms: two round trips around the world plus slack. */
export const AUTH_DEADLINE_MS = 5_000;

/** Interval between pings, ms. An edge that has not answered one ping by the next counts as gone. */
const PING_INTERVAL_MS = 5_000;

/** Most concurrent connections that have proved the key. */
export const MAX_PROVED = 1_000;

/**
 * Most connections that have not proved the key (yet), in total and per address: a cluster behind one address
 * connects all at once.
 */
export const UNPROVED = { inAll: 400, perAddress: 200 };

/** WebSocket close code 1013, "try again later" (IANA registry). */
const TRY_AGAIN_LATER = 1013;

export interface ControlOptions {
  readonly listener: Listener;
  readonly clusterKeys: readonly string[];
  readonly profile: NodeProfile;
  readonly node: MediaNode;
  readonly edges: Edges;
  readonly log: Log;
}

/** A peer that has proved the cluster key, and the node's own proof to send back. */
type VerifiedPeer =
  & {
    readonly proof: string;
    /** The version that both sides speak; undefined if there is none. */
    readonly version: number | undefined;
  }
  & ({ readonly side: "edge"; readonly edgeId: string } | {
    readonly side: "peer node";
    readonly node: NodeProfile;
  });

/** Accepts the connections of edges and other nodes. */
export class ControlServer implements AsyncDisposable {
  readonly #options: ControlOptions;
  readonly #server: WebSocketServer;
  readonly #proved = new Set<WebSocket>();

  /** Serves new connections of `listener`; closes them when disposed. */
  constructor(options: ControlOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      server: options.listener.server,
      maxPayload: MAX_CONTROL_BYTES,
      perMessageDeflate: false,
    });
    const { log } = options;
    // The listener's owner handles its errors.
    this.#server.on("error", () => {});
    this.#server.on("connection", (socket, request) => {
      // A close event follows.
      socket.on("error", (error) => logSparsely(log, "channel.broken", { reason: error.message }));
      guarded(log, "channel", () => this.#greet(socket, request), () => socket.terminate())();
    });
  }

  /** Runs the handshake with a new connection, then serves it. */
  #greet(socket: WebSocket, { socket: connection }: IncomingMessage): void {
    const { profile, log, listener: { newcomers } } = this.#options;
    const { nodeId } = profile.address;
    const nonce = randomToken();
    const refuse = guarded(log, "job", () => socket.close(CONTROL_UNAUTHORIZED), () => socket.terminate());
    const deadline = setTimeout(refuse, AUTH_DEADLINE_MS);
    const stopPings = makePings(socket, PING_INTERVAL_MS, log);
    socket.on("close", () => {
      clearTimeout(deadline);
      stopPings();
    });
    socket.once("message", (data, isBinary) => {
      clearTimeout(deadline);
      this.#readAuth(data, isBinary, nonce).then((verified) => {
        if (verified === undefined) {
          logSparsely(log, "channel.refused");
          socket.close(CONTROL_UNAUTHORIZED);
        } else if (verified.version === undefined) {
          logSparsely(log, "channel.version");
          socket.close(CLOSE.version.code);
        } else if (this.#proved.size >= MAX_PROVED) {
          socket.close(TRY_AGAIN_LATER);
        } else if (socket.readyState === socket.OPEN) {
          newcomers.settle(connection);
          this.#proved.add(socket);
          socket.once("close", () => this.#proved.delete(socket));
          const { version, proof } = verified;
          socket.send(
            JSON.stringify({ type: "ready", version, proof, node: profile } satisfies ControlHandshake),
          );
          this.#serve(socket, verified);
        }
      }).catch((error: unknown) => fail(socket, error, log));
    });
    const challenge: ControlHandshake = { type: "challenge", versions: CHANNEL_VERSIONS, nodeId, nonce };
    socket.send(JSON.stringify(challenge));
  }

  /** Checks the first message; undefined if the sender has not proved that it holds a key. */
  async #readAuth(data: RawData, isBinary: boolean, nodeNonce: string): Promise<VerifiedPeer | undefined> {
    const { auth, "auth.node": authNode } = controlHandshake;
    let message: ControlHandshake;
    try {
      message = parse({ auth, "auth.node": authNode }, textOf(data, isBinary)) as ControlHandshake;
    } catch {
      return undefined;
    }
    if (message.type !== "auth" && message.type !== "auth.node") return undefined;
    const { clusterKeys, profile: { address: { nodeId } } } = this.#options;
    const side = message.type === "auth" ? "edge" : "peer node";
    const fromId = message.type === "auth" ? message.edgeId : message.node.address.nodeId;
    const ids = { fromId, nodeId, fromNonce: message.nonce, nodeNonce };
    const key = await findProvedKey(clusterKeys, side, ids, message.proof);
    if (key === undefined) return undefined;
    // Proved with the key that the other side knows, which is not necessarily this node's first.
    const proof = await controlProof(key, "node", ids);
    const version = agreedVersion(CHANNEL_VERSIONS, message.versions);
    return message.type === "auth"
      ? { side: "edge", edgeId: message.edgeId, proof, version }
      : { side: "peer node", node: message.node, proof, version };
  }

  #serve(socket: WebSocket, verified: VerifiedPeer): void {
    switch (verified.side) {
      case "edge":
        return this.#serveEdge(socket, verified.edgeId);
      case "peer node":
        return this.#options.node.downstream.serve(socket, verified.node);
      default:
        verified satisfies never;
    }
  }

  #serveEdge(socket: WebSocket, edgeId: string): void {
    const { node, edges, log } = this.#options;
    const requests = serveRequests<MediaRequest, MediaOutcome>(socket, {
      schemas: mediaRequests,
      handle: (request) => node.handle(edgeId, request),
      overloaded: { refused: "node.failed" },
      malformed: { refused: "request.malformed" },
    }, log);
    const gone = () => {
      if (!edges.remove(edgeId, requests)) return;
      node.edgeLost(edgeId);
      log.info("edge.disconnected", { edgeId });
    };
    socket.on("close", guarded(log, "channel", gone));
    edges.add(edgeId, requests);
    node.edgeConnected(edgeId);
    log.info("edge.connected", { edgeId });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#server.clients) {
      socket.close(CLOSE.restart.code);
      socket.terminate();
    }
    await closed;
  }
}
