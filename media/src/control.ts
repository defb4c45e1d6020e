import { timingSafeEqual } from "node:crypto";
import type { AddressInfo } from "node:net";
import { CLOSE, type NodeId, parse, ProtocolFault, randomToken } from "@tafelrunde/protocol";
import {
  CONTROL_UNAUTHORIZED,
  type ControlHandshake,
  controlHandshake,
  controlProof,
  MAX_CONTROL_BYTES,
  type MediaAnswer,
  type MediaRequest,
  mediaRequests,
} from "@tafelrunde/protocol/media";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { EdgeLine, Edges } from "./edges.ts";
import type { Log } from "./log.ts";
import type { MediaNode } from "./media_node.ts";

/** Longest wait for the proof, ms: two round trips around the world and slack. */
const AUTH_DEADLINE_MS = 5_000;

/** An edge that has not answered a ping by the next one is gone, ms. */
const PING_INTERVAL_MS = 5_000;

/** Most bytes that may wait for one edge: some seconds of everything that a full node has to say. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Most requests of one edge under way at once. */
const MAX_REQUESTS = 5_000;

/** Most connections at once, those that have not proved anything included. */
const MAX_CONNECTIONS = 1_000;

/** WebSocket close code 1013, "try again later" (IANA registry). */
const TRY_AGAIN_LATER = 1013;

export interface ControlOptions {
  readonly host: string;
  readonly port: number;
  readonly clusterKey: string;
  readonly nodeId: string;
  readonly node: MediaNode;
  readonly edges: Edges;
  readonly log: Log;
}

/** Where edges connect. */
export class ControlServer implements AsyncDisposable {
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer) {
    this.#server = server;
  }

  /** Listens. Rejects when it cannot. */
  static async listen(options: ControlOptions): Promise<ControlServer> {
    const { host, port, log } = options;
    const server = new WebSocketServer({
      host,
      port,
      maxPayload: MAX_CONTROL_BYTES,
      perMessageDeflate: false,
    });
    await new Promise<void>((resolve, reject) => server.once("listening", resolve).once("error", reject));
    server.on("error", (error) => log("error", "control.failed", { error }));
    server.on("connection", (socket) => {
      if (server.clients.size > MAX_CONNECTIONS) socket.close(TRY_AGAIN_LATER);
      else serveEdge(socket, options);
    });
    return new ControlServer(server);
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
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

/** Speaks with one edge until it goes or breaks the rules. */
function serveEdge(socket: WebSocket, options: ControlOptions): void {
  const { nodeId, log } = options;
  const nonce = randomToken();
  const fail = (error: unknown) => {
    if (error instanceof ProtocolFault) {
      log("warn", "edge.malformed", { reason: error.message });
      socket.close(CLOSE.malformed.code);
    } else {
      log("error", "edge.failed", { error });
      socket.close(CLOSE.internal.code);
    }
  };
  const deadline = setTimeout(() => socket.close(CONTROL_UNAUTHORIZED), AUTH_DEADLINE_MS);
  const stopPings = makePings(socket);
  socket.on("error", (error) => log("warn", "edge.broken", { reason: error.message }));
  socket.on("close", () => {
    clearTimeout(deadline);
    stopPings();
  });
  socket.once("message", (data, isBinary) => {
    clearTimeout(deadline);
    readAuth(data, isBinary, nonce, options).then((auth) => {
      if (auth === undefined) {
        log("warn", "edge.refused");
        socket.close(CONTROL_UNAUTHORIZED);
      } else if (socket.readyState === socket.OPEN) {
        const ready: ControlHandshake = { type: "ready", proof: auth.proof };
        socket.send(JSON.stringify(ready));
        serveRequests(socket, auth.edgeId, options, fail);
      }
    }).catch(fail);
  });
  const challenge: ControlHandshake = { type: "challenge", nodeId: nodeId as NodeId, nonce };
  socket.send(JSON.stringify(challenge));
}

/** Checks the first message; gives the edge's id and the node's own proof, or undefined when the edge has not proved that it holds the key. */
async function readAuth(
  data: RawData,
  isBinary: boolean,
  nodeNonce: string,
  { clusterKey, nodeId }: ControlOptions,
): Promise<{ edgeId: string; proof: string } | undefined> {
  let auth: ControlHandshake;
  try {
    auth = parse({ auth: controlHandshake.auth }, textOf(data, isBinary)) as ControlHandshake;
  } catch {
    return undefined;
  }
  if (auth.type !== "auth") return undefined;
  const ids = { edgeId: auth.edgeId, nodeId, edgeNonce: auth.nonce, nodeNonce };
  const [expected, proof] = await Promise.all([
    controlProof(clusterKey, "edge", ids),
    controlProof(clusterKey, "node", ids),
  ]);
  return timingSafeEqual(Buffer.from(auth.proof), Buffer.from(expected))
    ? { edgeId: auth.edgeId, proof }
    : undefined;
}

/** Carries out what a proved edge asks. */
function serveRequests(
  socket: WebSocket,
  edgeId: string,
  { node, edges, log }: ControlOptions,
  fail: (error: unknown) => void,
): void {
  let underWay = 0;
  const send = (text: string) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_WAITING_BYTES) {
      log("warn", "edge.slow");
      socket.close(CLOSE.slowReader.code);
      socket.terminate();
    } else socket.send(text);
  };
  const answer = (message: MediaAnswer) => send(JSON.stringify(message));
  const line: EdgeLine = { send, replace: () => socket.close(CLOSE.replaced.code) };

  socket.on("message", (data, isBinary) => {
    let request: MediaRequest;
    try {
      request = parse(mediaRequests, textOf(data, isBinary)) as MediaRequest;
    } catch (error) {
      fail(error);
      return;
    }
    const { id } = request;
    if (underWay >= MAX_REQUESTS) {
      answer({ id, refused: "node.failed" });
      return;
    }
    underWay += 1;
    void node.handle(edgeId, request).then((outcome) => {
      underWay -= 1;
      answer({ id, ...outcome });
    });
  });
  socket.on("close", () => {
    if (!edges.remove(edgeId, line)) return;
    node.edgeLost(edgeId);
    log("info", "edge.disconnected", { edgeId });
  });
  edges.add(edgeId, line);
  node.edgeConnected(edgeId);
  log("info", "edge.connected", { edgeId });
}

function textOf(data: RawData, isBinary: boolean): string {
  if (isBinary) throw new ProtocolFault("not text");
  return data.toString();
}

/** Pings until the socket closes, and ends it when a ping stays unanswered. The returned function stops. */
function makePings(socket: WebSocket): () => void {
  let answered = true;
  socket.on("pong", () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, PING_INTERVAL_MS);
  return () => clearInterval(timer);
}
