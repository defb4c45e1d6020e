import {
  CLOSE,
  type EdgeId,
  isTooDeep,
  type NodeId,
  parse,
  ProtocolFault,
  randomToken,
  requestIdOf,
} from "@tafelrunde/protocol";
import { LogBudget } from "@tafelrunde/protocol/log_budget";
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
  type MediaAnswer,
  mediaAnswer,
  type MediaAnswers,
  mediaAnswers,
  type MediaNotice,
  mediaNotices,
  type MediaRefusal,
  type MediaRequestOf,
  type NodeProfile,
} from "@tafelrunde/protocol/media";
import * as v from "valibot";
import { WebSocket } from "ws";
import { causeOf } from "../cause.ts";
import { guarded, reportFault } from "../faults.ts";
import type { Log } from "../log.ts";

/** Most pending requests to one node; more are refused. */
const PENDING_LIMIT = 10_000;

/** Wait before the first and the last retry of a series of reconnections, ms. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

/** A request without its id. */
export type MediaAsk<Type extends keyof MediaAnswers> = Omit<MediaRequestOf<Type>, "id">;

/**
 * The answer to a request, or a refusal; "unreachable": no answer within CONTROL_DEADLINE_MS, or the node was
 * lost.
 */
export type MediaOutcome<Type extends keyof MediaAnswers> =
  | { readonly ok: MediaAnswers[Type] }
  | { readonly refused: MediaRefusal | "unreachable" };

interface Pending {
  readonly type: keyof MediaAnswers;
  readonly frame: string;
  readonly answer: (outcome: { ok: unknown } | { refused: MediaRefusal | "unreachable" }) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Silence after which a node is pinged, ms; it reports its load every second. */
const PING_MS = 400;

/** Longest time for the pong, ms; then the connection is replaced. */
const PONG_WITHIN_MS = 800;

/** Longest silence before a connection is replaced, ms. */
export const QUIET_MS = PING_MS + PONG_WITHIN_MS;

/** Interval of these checks, ms. */
const LOOK_MS = 200;

/** With more late checks in a row than this, the process is slow and not just back from a suspension. */
const MOST_LATE_LOOKS = 3;

/** Longest time from the first packet to the node's proof, ms; then the connection is replaced. */
const CONNECT_MS = 3_000;

/** Time for which a node can be unreachable before that is logged, once, ms: it might just be starting. */
const UNREACHABLE_MS = 5_000;

/** Longest time for closing a connection in order, ms. */
const GOODBYE_MS = 500;

/** Events of a connection for its owner. */
export interface ConnectionEvents {
  /** A node with this id is at the other end; false: disconnect and retry later. */
  meets(nodeId: NodeId): boolean;
  notice(notice: MediaNotice): void;
  /** The node has proved the key; its profile names its run. After this, pending requests are sent again. */
  proved(): void;
  /** The node takes requests; after an interruption it might have forgotten peers. */
  up(): void;
  down(): void;
  /** Nothing listens at the node's address. */
  refused(): void;
}

/** The control connection to one media node: reconnects, and repeats pending requests. */
export class NodeConnection implements AsyncDisposable {
  readonly #url: string;
  readonly #clusterKeys: readonly string[];
  readonly #edgeId: EdgeId;
  readonly #events: ConnectionEvents;
  readonly #log: Log;
  readonly #pending = new Map<number, Pending>();
  readonly #budget = new LogBudget();
  #nextId = 1;
  #socket: WebSocket | undefined;
  #profile: NodeProfile | undefined;
  #isUp = false;
  /** The node has sent something invalid. */
  #isFaulty = false;
  #retryMs = FIRST_RETRY_MS;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #heardAt = 0;
  /** When a ping was sent that has no pong yet. */
  #pingedAt: number | undefined;
  #lookedAt = 0;
  /** Late checks in a row. */
  #lateLooks = 0;
  #begunAt = 0;
  /** Since when the node cannot be reached; undefined: it can. */
  #unreachable: { readonly since: number; isTold: boolean } | undefined;
  readonly #lookTimer: ReturnType<typeof setInterval>;
  #isStopped = false;

  constructor(
    url: string,
    options: { clusterKeys: readonly string[]; edgeId: EdgeId; log: Log; events: ConnectionEvents },
  ) {
    this.#url = url;
    this.#clusterKeys = options.clusterKeys;
    this.#edgeId = options.edgeId;
    this.#events = options.events;
    this.#log = options.log.with({ node: url });
    this.#lookTimer = setInterval(guarded(this.#log, "media", () => this.#look()), LOOK_MS);
    this.#connect();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** The node's profile, known once it has answered for the first time. */
  get profile(): NodeProfile | undefined {
    return this.#profile;
  }

  get nodeId(): NodeId | undefined {
    return this.#profile?.address.nodeId;
  }

  /** Sends a request. Never rejects. */
  ask<Type extends keyof MediaAnswers>(ask: MediaAsk<Type>): Promise<MediaOutcome<Type>> {
    if (this.#pending.size >= PENDING_LIMIT || this.#isStopped) {
      return Promise.resolve({ refused: "unreachable" });
    }
    const id = this.#nextId++;
    const frame = JSON.stringify({ id, ...ask });
    // A UTF-16 unit takes at most three bytes in UTF-8.
    if (frame.length * 3 > MAX_CONTROL_BYTES && new TextEncoder().encode(frame).length > MAX_CONTROL_BYTES) {
      this.#warn("node.tooLong", { request: ask.type });
      return Promise.resolve({ refused: "request.malformed" });
    }
    return new Promise((resolve) => {
      const answer = resolve as Pending["answer"];
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        answer({ refused: "unreachable" });
      }, CONTROL_DEADLINE_MS);
      this.#pending.set(id, { type: ask.type as Type, frame, answer, timer });
      if (this.#isUp) this.#socket?.send(frame);
    });
  }

  /** Answers all pending requests as unreachable. */
  giveUp(): void {
    for (const [id, { answer, timer }] of this.#pending) {
      clearTimeout(timer);
      this.#pending.delete(id);
      answer({ refused: "unreachable" });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retryTimer);
    clearInterval(this.#lookTimer);
    this.giveUp();
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve, { once: true }));
    const goodbye = setTimeout(() => socket.terminate(), GOODBYE_MS);
    socket.close();
    await closed;
    clearTimeout(goodbye);
  }

  #connect(): void {
    // Not Deno's own WebSocket: it sends the head of a large frame separately, and the rest waits 40 ms for
    // its delayed acknowledgement (RFC 896, 1122).
    const socket = new WebSocket(this.#url, { perMessageDeflate: false, maxPayload: MAX_CONTROL_BYTES });
    this.#socket = socket;
    this.#begunAt = performance.now();
    const edgeNonce = randomToken();
    let ids: ControlIds | undefined;
    const onHandshake = async (message: ControlHandshake) => {
      if (message.type === "challenge") {
        if (!this.#events.meets(message.nodeId)) return socket.close();
        if (agreedVersion(CHANNEL_VERSIONS, message.versions) === undefined) {
          this.#warn("node.version", { nodeId: message.nodeId, versions: message.versions });
          this.#isFaulty = true;
          return socket.close(CLOSE.version.code);
        }
        ids = {
          fromId: this.#edgeId,
          nodeId: message.nodeId,
          fromNonce: edgeNonce,
          nodeNonce: message.nonce,
        };
        const proof = await controlProof(this.#clusterKeys[0]!, "edge", ids);
        socket.send(
          JSON.stringify(
            {
              type: "auth",
              versions: CHANNEL_VERSIONS,
              edgeId: this.#edgeId,
              nonce: edgeNonce,
              proof,
            } satisfies ControlHandshake,
          ),
        );
        return;
      }
      const isProved = message.type === "ready" && ids !== undefined &&
        message.node.address.nodeId === ids.nodeId &&
        await findProvedKey(this.#clusterKeys, "node", ids, message.proof) !== undefined;
      if (!isCurrent()) return;
      if (!isProved) throw new ProtocolFault("the node does not hold the cluster key");
      this.#profile = message.node;
      this.#onUp();
    };
    /**
     * Whether this socket is still the current one: it can close while a proof is checked, and be replaced.
     */
    const isCurrent = () => this.#socket === socket;
    // Messages are handled one after another: checking a proof takes time.
    let read = Promise.resolve();
    socket.addEventListener("message", ({ data }) => {
      const take = () => isCurrent() ? this.#onMessage(String(data), onHandshake) : undefined;
      read = read.then(take).catch((error) => {
        // An invalid message is the node's fault; anything else is a bug of ours.
        if (isWrongWord(error)) this.#log.warn("node.fault", { error: causeOf(error) });
        else reportFault(this.#log, "media", error);
        if (isCurrent()) this.#isFaulty = true;
        socket.close();
      });
    });
    const failed = ({ error }: { error: unknown }) => {
      this.#fail(error);
      // "close" follows and does the rest.
      if (isConnectionRefused(error)) this.#events.refused();
    };
    socket.addEventListener("error", guarded(this.#log, "media", failed));
    socket.on("pong", () => this.#heardAt = performance.now());
    const closed = ({ code }: { code: number }) => this.#onClose(code);
    socket.addEventListener("close", guarded(this.#log, "media", closed), { once: true });
  }

  /** Pings a silent node, and gives up a connection that stays silent. */
  #look(): void {
    const now = performance.now();
    this.#lateLooks = now - this.#lookedAt > 2 * LOOK_MS ? this.#lateLooks + 1 : 0;
    this.#lookedAt = now;
    // Not if this process was busy itself: messages received meanwhile are read before the next check.
    const wasLate = this.#lateLooks > 0 && this.#lateLooks <= MOST_LATE_LOOKS;
    if (!this.#isUp && !wasLate && now - this.#begunAt > CONNECT_MS) {
      this.#fail(new Error("no answer in time"));
      this.#socket?.terminate();
    }
    if (!this.#isUp || now - this.#heardAt <= PING_MS) {
      this.#pingedAt = undefined;
    } else if (this.#pingedAt === undefined) {
      this.#pingedAt = now;
      this.#socket?.ping();
    } else if (!wasLate && now - this.#pingedAt > PONG_WITHIN_MS) {
      this.#socket?.terminate();
    }
  }

  async #onMessage(text: string, onHandshake: (message: ControlHandshake) => Promise<void>): Promise<void> {
    this.#heardAt = performance.now();
    if (!this.#isUp) return await onHandshake(parse(controlHandshake, text) as ControlHandshake);
    const id = requestIdOf(text);
    if (id === undefined) return this.#onNotice(text);
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    const answer = readAnswer(pending.type, text);
    if (answer === undefined) {
      this.#warn("node.malformed", { what: "answer" });
      pending.answer({ refused: "node.failed" });
    } else pending.answer("ok" in answer ? { ok: answer.ok } : { refused: answer.refused });
  }

  /**
   * Many rooms share one connection, so an invalid notice about one of them is dropped. The node's own load
   * must be valid.
   */
  #onNotice(text: string): void {
    let notice: MediaNotice;
    try {
      notice = parse(mediaNotices, text) as MediaNotice;
    } catch (error) {
      if (!(error instanceof ProtocolFault) || text.startsWith('{"type":"load"')) throw error;
      return this.#warn("node.malformed", { what: error.message });
    }
    this.#events.notice(notice);
  }

  #warn(event: string, fields: Record<string, unknown>): void {
    const may = this.#budget.take(event);
    if (may !== undefined) this.#log.warn(event, { ...fields, ...may.leftOut > 0 && may });
  }

  /** The node could not be reached, or not in time. */
  #fail(error: unknown): void {
    if (this.#isUp) return;
    this.#unreachable ??= { since: performance.now(), isTold: false };
    const { since, isTold } = this.#unreachable;
    if (isTold || performance.now() - since < UNREACHABLE_MS) return;
    this.#unreachable.isTold = true;
    this.#log.warn("node.unreachable", { error: causeOf(error) });
  }

  #onUp(): void {
    this.#isUp = true;
    this.#unreachable = undefined;
    this.#retryMs = FIRST_RETRY_MS;
    this.#log.info("node.up", { nodeId: this.nodeId });
    this.#events.proved();
    for (const { frame } of this.#pending.values()) this.#socket?.send(frame);
    this.#events.up();
  }

  #onClose(code: number): void {
    const wasUp = this.#isUp;
    this.#isUp = false;
    this.#socket = undefined;
    if (this.#isStopped) return;
    if (code === CLOSE.version.code) this.#warn("node.version", { nodeId: this.nodeId });
    if (wasUp) {
      this.#log.warn("node.down", { code });
      this.#events.down();
    }
    // At once after an interruption: whether something still listens there distinguishes a dead process from
    // a broken network.
    const isAtOnce = wasUp && !this.#isFaulty;
    // A node that breaks the rules each time would otherwise be called without a pause.
    if (this.#isFaulty) this.#retryMs = LAST_RETRY_MS;
    this.#isFaulty = false;
    const delayMs = isAtOnce ? 0 : this.#retryMs * (0.75 + Math.random() / 2);
    if (!wasUp) this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
    // An invalid address throws.
    this.#retryTimer = setTimeout(guarded(this.#log, "media", () => this.#connect()), delayMs);
  }
}

function isWrongWord(error: unknown): boolean {
  return error instanceof ProtocolFault || error instanceof v.ValiError || error instanceof SyntaxError;
}

/** Whether the other host answered that nothing listens. Source: connect(2), ECONNREFUSED. */
function isConnectionRefused(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ECONNREFUSED";
}

/** Undefined: not a valid answer of this type. */
function readAnswer(type: keyof MediaAnswers, text: string): MediaAnswer | undefined {
  if (isTooDeep(text)) return undefined;
  try {
    const answer = v.parse(mediaAnswer, JSON.parse(text));
    if ("ok" in answer) v.parse(mediaAnswers[type], answer.ok);
    return answer;
  } catch {
    return undefined;
  }
}
