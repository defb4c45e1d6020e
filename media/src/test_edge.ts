import { once } from "node:events";
import { base32, parse, randomToken } from "@tafelrunde/protocol";
import {
  CHANNEL_VERSIONS,
  controlHandshake,
  type ControlIds,
  controlProof,
  type MediaAnswer,
  mediaAnswer,
  type MediaNotice,
  type MediaNoticeOf,
  mediaNotices,
  type MediaRequest,
} from "@tafelrunde/protocol/media";
import * as v from "valibot";
import { type RawData, WebSocket } from "ws";

/** Cluster key of the nodes under test. */
export const TEST_KEY = "a cluster key for tests and for nothing else";

/** How long a test waits for an expected event, ms: enough for a slow and busy machine. */
const PATIENCE_MS = 120_000;

/** Resolves when `condition` returns a value; rejects, naming `what`, if it does not in time. */
export async function until<T>(what: string, condition: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * Resolves when `condition` resolves to true; rejects, naming what was waited for, if it does not in time.
 */
export async function untilAsync(what: () => string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A random edge or participant id. */
export function newId(length: 16 | 26): string {
  return base32(crypto.getRandomValues(new Uint8Array(length))).slice(0, length);
}

/** An edge as a media node sees it: proves the key, sends requests, collects notices. */
export class TestEdge implements AsyncDisposable {
  readonly edgeId: string;
  readonly notices: MediaNotice[] = [];
  readonly #socket: WebSocket;
  readonly #asked = new Map<number, PromiseWithResolvers<MediaAnswer>>();
  readonly #ready = Promise.withResolvers<string>();
  #lastId = 0;

  private constructor(socket: WebSocket, edgeId: string) {
    this.#socket = socket;
    this.edgeId = edgeId;
    socket.on("message", (data) => this.#take(data));
    socket.on("close", () => {
      for (const { reject } of this.#asked.values()) reject(new Error("closed"));
    });
  }

  static async connect(
    port: number,
    { key = TEST_KEY, edgeId = newId(16), isTls = false, host = "127.0.0.1" } = {},
  ): Promise<TestEdge> {
    const { socket, ids, proof } = await greet(port, key, edgeId, isTls, host);
    const edge = new TestEdge(socket, edgeId);
    socket.send(
      JSON.stringify({ type: "auth", versions: CHANNEL_VERSIONS, edgeId, nonce: ids.fromNonce, proof }),
    );
    const nodeProof = await edge.#ready.promise;
    if (nodeProof !== await controlProof(key, "node", ids)) throw new Error("the node does not hold the key");
    return edge;
  }

  /** The response to a request; rejects if the socket closes first. */
  async ask(type: MediaRequest["type"], fields: Record<string, unknown>): Promise<MediaAnswer> {
    if (this.#socket.readyState !== WebSocket.OPEN) throw new Error("closed");
    const id = ++this.#lastId;
    const asked = Promise.withResolvers<MediaAnswer>();
    this.#asked.set(id, asked);
    this.#socket.send(JSON.stringify({ id, type, ...fields }));
    return await asked.promise;
  }

  /** The `ok` of a response; rejects if the request is refused. */
  async must(type: MediaRequest["type"], fields: Record<string, unknown>): Promise<unknown> {
    const answer = await this.ask(type, fields);
    if ("refused" in answer) throw new Error(`${type}: ${answer.refused}`);
    return answer.ok;
  }

  /** The next matching notice of a type, removed from `notices`. */
  async notice<Type extends MediaNotice["type"]>(
    type: Type,
    fits: (notice: MediaNoticeOf<Type>) => boolean = () => true,
  ): Promise<MediaNoticeOf<Type>> {
    const found = await until(
      type,
      () => this.notices.find((notice) => notice.type === type && fits(notice as MediaNoticeOf<Type>)),
    );
    this.notices.splice(this.notices.indexOf(found), 1);
    return found as MediaNoticeOf<Type>;
  }

  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  /** Drops the connection as a crash does. */
  crash(): void {
    this.#socket.terminate();
  }

  async closed(): Promise<number> {
    const [code] = await once(this.#socket, "close") as [number];
    return code;
  }

  #take(data: RawData): void {
    const text = data.toString();
    const message: unknown = JSON.parse(text);
    if (typeof message === "object" && message !== null && "id" in message) {
      const answer = v.parse(mediaAnswer, message);
      this.#asked.get(answer.id)?.resolve(answer);
      this.#asked.delete(answer.id);
    } else if (v.is(controlHandshake.ready, message)) {
      this.#ready.resolve(message.proof);
    } else {
      this.notices.push(parse(mediaNotices, text) as MediaNotice);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, "close");
    this.#socket.terminate();
    await closed;
  }
}

/** Connects, reads the challenge and computes the right proof without sending it. */
export async function greet(
  port: number,
  key = TEST_KEY,
  edgeId = newId(16),
  isTls = false,
  host = "127.0.0.1",
): Promise<{
  socket: WebSocket;
  ids: ControlIds;
  proof: string;
}> {
  const socket = new WebSocket(`${isTls ? "wss" : "ws"}://${host}:${port}`, { rejectUnauthorized: false });
  const { nodeId, nonce } = v.parse(controlHandshake.challenge, JSON.parse(await nextText(socket)));
  const ids = { fromId: edgeId, nodeId, fromNonce: randomToken(), nodeNonce: nonce };
  return { socket, ids, proof: await controlProof(key, "edge", ids) };
}

async function nextText(socket: WebSocket): Promise<string> {
  const [data] = await once(socket, "message") as [RawData];
  return data.toString();
}
