import { type NodeId, parse, ProtocolFault, randomToken, requestIdOf } from "@tafelrunde/protocol";
import {
  type CascadeAnswer,
  cascadeAnswer,
  type CascadeAnswers,
  cascadeAnswers,
  type CascadeNotice,
  cascadeNotices,
  type CascadeRefusal,
  type CascadeRequestOf,
} from "@tafelrunde/protocol/cascade";
import {
  agreedVersion,
  CHANNEL_VERSIONS,
  CONTROL_DEADLINE_MS,
  type ControlHandshake,
  controlHandshake,
  type ControlIds,
  controlProof,
  findProvedKey,
  MAX_CONTROL_BYTES,
  type NodeProfile,
} from "@tafelrunde/protocol/media";
import * as v from "valibot";
import { type RawData, WebSocket } from "ws";
import { logSparsely, makePings, textOf } from "./channel.ts";
import { guarded, reportFault } from "./faults.ts";
import type { Log } from "./log.ts";

/**
 * Interval between pings, ms. A node that has not answered one ping by the next counts as unreachable; with
 * the connection's own timeouts that takes 2 to 3 s.
 */
const PING_INTERVAL_MS = 1_000;

/** First and longest delay of a series of reconnection attempts, ms. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

/** Longest wait for a connection, ms. */
const CONNECT_TIMEOUT_MS = 2_000;

/** Most requests waiting for a response. */
const PENDING_LIMIT = 5_000;

/** Why another node did not carry out a request. "unreachable": it is disconnected or does not respond. */
export class LinkRefusal extends Error {
  override readonly name = "LinkRefusal";
  readonly refused: CascadeRefusal | "unreachable";

  constructor(refused: CascadeRefusal | "unreachable") {
    super(refused);
    this.refused = refused;
  }
}

export interface LinkEvents {
  /** The node is connected (again); `profile` tells whether it is still the same run. */
  up(profile: NodeProfile): void;
  down(): void;
  notice(notice: CascadeNotice): void;
}

export interface LinkOptions {
  readonly url: string;
  readonly nodeId: NodeId;
  /** This node's own profile. */
  readonly profile: NodeProfile;
  readonly clusterKeys: readonly string[];
  /** Certificate authorities (PEM); undefined: the ones Node trusts. */
  readonly ca: string | undefined;
  readonly log: Log;
  readonly events: LinkEvents;
}

interface Pending {
  readonly type: keyof CascadeAnswers;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * The connection to another node whose tracks this one wants. Reconnects by itself; requests without a
 * response are refused, and their callers retry.
 */
export class NodeLink implements Disposable {
  readonly #options: LinkOptions;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #socket: WebSocket | undefined;
  #isUp = false;
  #isEnded = false;
  #retryMs = FIRST_RETRY_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#connect();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Sends a request. Rejects with LinkRefusal. */
  ask<Type extends keyof CascadeAnswers>(
    request: Omit<CascadeRequestOf<Type>, "id">,
  ): Promise<CascadeAnswers[Type]> {
    const socket = this.#socket;
    if (!this.#isUp || socket === undefined || this.#pending.size >= PENDING_LIMIT) {
      return Promise.reject(new LinkRefusal("unreachable"));
    }
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new LinkRefusal("unreachable"));
      }, CONTROL_DEADLINE_MS);
      this.#pending.set(id, { type: request.type as Type, resolve, reject, timer });
      const text = JSON.stringify({ id, ...request });
      if (Buffer.byteLength(text) <= MAX_CONTROL_BYTES) return socket.send(text);
      clearTimeout(timer);
      this.#pending.delete(id);
      reject(new LinkRefusal("request.malformed"));
    });
  }

  /** Sends a request that is pointless after a reconnection. */
  notify<Type extends keyof CascadeAnswers>(request: Omit<CascadeRequestOf<Type>, "id">): void {
    this.ask<Type>(request).catch(() => {/* the node forgets it with the connection, or is told again */});
  }

  #connect(): void {
    const { url, ca, log } = this.#options;
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: MAX_CONTROL_BYTES,
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      ...(ca === undefined ? {} : { ca }),
    });
    this.#socket = socket;
    const greet = this.#greeter(socket);
    let stopPings = () => {};
    socket.on("open", () => {
      stopPings = makePings(socket, PING_INTERVAL_MS, log);
    });
    // In sequence: checking a proof is asynchronous, and messages behind it must wait.
    let read = Promise.resolve();
    socket.on("message", (data, isBinary) => {
      const take = () => this.#socket === socket ? this.#read(data, isBinary, greet) : undefined;
      read = read.then(take).catch((error: unknown) => {
        // The node violated the protocol; anything else is one of our own bugs.
        if (isWrongWord(error)) {
          log("warn", "link.fault", { nodeId: this.#options.nodeId, reason: String(error) });
        } else reportFault(log, "channel", error);
        socket.terminate();
      });
    });
    socket.on("error", () => {/* "close" follows */});
    const closed = (code: number) => {
      stopPings();
      if (this.#socket === socket) this.#closed(code);
    };
    socket.once("close", guarded(log, "channel", closed));
  }

  /** Proves this node's key, and verifies the other node's proof. */
  #greeter(socket: WebSocket): (message: ControlHandshake) => Promise<void> {
    const { profile, clusterKeys, nodeId } = this.#options;
    const fromNonce = randomToken();
    let ids: ControlIds | undefined;
    return async (message) => {
      if (message.type === "challenge") {
        if (message.nodeId !== nodeId) throw new ProtocolFault(`it is ${message.nodeId}`);
        if (agreedVersion(CHANNEL_VERSIONS, message.versions) === undefined) {
          throw new ProtocolFault(`it speaks versions ${message.versions.join(" to ")}`);
        }
        ids = { fromId: profile.address.nodeId, nodeId, fromNonce, nodeNonce: message.nonce };
        const proof = await controlProof(clusterKeys[0]!, "peer node", ids);
        const auth: ControlHandshake = {
          type: "auth.node",
          versions: CHANNEL_VERSIONS,
          node: profile,
          nonce: fromNonce,
          proof,
        };
        socket.send(JSON.stringify(auth));
        return;
      }
      const isProved = message.type === "ready" && ids !== undefined &&
        message.node.address.nodeId === nodeId &&
        await findProvedKey(clusterKeys, "node", ids, message.proof) !== undefined;
      // The socket may have closed during the check, and another one be connecting.
      if (this.#socket !== socket) return;
      if (!isProved) throw new ProtocolFault("it does not hold the cluster key");
      this.#isUp = true;
      this.#retryMs = FIRST_RETRY_MS;
      this.#options.log("info", "link.up", { nodeId });
      this.#options.events.up(message.node);
    };
  }

  async #read(
    data: RawData,
    isBinary: boolean,
    greet: (message: ControlHandshake) => Promise<void>,
  ): Promise<void> {
    const text = textOf(data, isBinary);
    if (!this.#isUp) return await greet(parse(controlHandshake, text) as ControlHandshake);
    const id = requestIdOf(text);
    if (id === undefined) return this.#notice(text);
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    try {
      const answer: CascadeAnswer = v.parse(cascadeAnswer, JSON.parse(text));
      if ("refused" in answer) return pending.reject(new LinkRefusal(answer.refused));
      pending.resolve(v.parse(cascadeAnswers[pending.type], answer.ok) as never);
    } catch {
      this.#malformed(pending.type);
      pending.reject(new LinkRefusal("node.failed"));
    }
  }

  /** A connection carries many rooms: a malformed notice about one is dropped, and the others continue. */
  #notice(text: string): void {
    let notice: CascadeNotice;
    try {
      notice = parse(cascadeNotices, text) as CascadeNotice;
    } catch (error) {
      if (!(error instanceof ProtocolFault)) throw error;
      return this.#malformed(error.message);
    }
    this.#options.events.notice(notice);
  }

  #malformed(what: string): void {
    logSparsely(this.#options.log, "link.malformed", { nodeId: this.#options.nodeId, what });
  }

  #closed(code: number): void {
    const wasUp = this.#isUp;
    this.#isUp = false;
    this.#socket = undefined;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new LinkRefusal("unreachable"));
    }
    this.#pending.clear();
    if (this.#isEnded) return;
    if (wasUp) {
      this.#options.log("warn", "link.down", { nodeId: this.#options.nodeId, code });
      this.#options.events.down();
    }
    const connect = guarded(this.#options.log, "timer", () => this.#connect());
    this.#retry = setTimeout(connect, this.#retryMs * (0.75 + Math.random() / 2));
    this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
  }

  [Symbol.dispose](): void {
    this.#isEnded = true;
    clearTimeout(this.#retry);
    const socket = this.#socket;
    socket?.close();
    // Lets queued messages be sent; does not wait for an unreachable node.
    const timer = setTimeout(() => socket?.terminate(), 200);
    timer.unref();
    if (socket !== undefined && !this.#isUp) socket.terminate();
  }
}

function isWrongWord(error: unknown): boolean {
  return error instanceof ProtocolFault || error instanceof v.ValiError || error instanceof SyntaxError;
}
