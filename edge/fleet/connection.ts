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

/** Requests waiting for an answer at once on one node; more are refused. */
const PENDING_LIMIT = 10_000;

/** Wait before the first and the last try of a series of reconnections, ms. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

/** One request without its id. */
export type MediaAsk<Type extends keyof MediaAnswers> = Omit<MediaRequestOf<Type>, "id">;

/** The answer to a request, or why not; "unreachable": none came within CONTROL_DEADLINE_MS, or the node was lost. */
export type MediaOutcome<Type extends keyof MediaAnswers> =
  | { readonly ok: MediaAnswers[Type] }
  | { readonly refused: MediaRefusal | "unreachable" };

interface Pending {
  readonly type: keyof MediaAnswers;
  readonly frame: string;
  readonly answer: (outcome: { ok: unknown } | { refused: MediaRefusal | "unreachable" }) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** A node that has been silent for so long is asked for a sign of life, ms; it says its load each second. */
const PING_MS = 400;

/** How long it may take to give one, ms; then the connection is made anew. */
const PONG_WITHIN_MS = 800;

/** A connection on which nothing has been heard for so long is made anew, ms. */
export const QUIET_MS = PING_MS + PONG_WITHIN_MS;

/** How often that is looked at, ms. */
const LOOK_MS = 200;

/** A process that looks too late more often than this in a row is slow, and not just back from standing still. */
const MOST_LATE_LOOKS = 3;

/** How long a connection may take from the first packet to the node's proof, ms; then it is made anew. */
const CONNECT_MS = 3_000;

/** How long a node that cannot be reached is waited for before the log says so, once, ms: it may just be starting. */
const UNREACHABLE_MS = 5_000;

/** How long a connection may take to end in order, ms. */
const GOODBYE_MS = 500;

/** What happens on a connection, told to its owner. */
export interface ConnectionEvents {
  /** A node of this name is at the other end; false: go away from it and try again later. */
  meets(nodeId: NodeId): boolean;
  notice(notice: MediaNotice): void;
  /** The node answers, in the run that its profile names. What has not been answered yet is repeated after this. */
  proved(): void;
  /** It hears what it is asked; after an interruption it may have forgotten peers. */
  up(): void;
  down(): void;
  /** Nothing listens at the node's address. */
  refused(): void;
}

/** The control connection to one media node: reconnects by itself, repeats what was not answered. */
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
  /** It has said what no node says. */
  #isFaulty = false;
  #retryMs = FIRST_RETRY_MS;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #heardAt = 0;
  /** When it was asked for a sign of life that it has not given yet. */
  #pingedAt: number | undefined;
  #lookedAt = 0;
  /** How many looks in a row came late. */
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

  /** What the node says of itself, known once it has answered for the first time. */
  get profile(): NodeProfile | undefined {
    return this.#profile;
  }

  get nodeId(): NodeId | undefined {
    return this.#profile?.address.nodeId;
  }

  /** Asks the node. Never rejects. */
  ask<Type extends keyof MediaAnswers>(ask: MediaAsk<Type>): Promise<MediaOutcome<Type>> {
    if (this.#pending.size >= PENDING_LIMIT || this.#isStopped) {
      return Promise.resolve({ refused: "unreachable" });
    }
    const id = this.#nextId++;
    const frame = JSON.stringify({ id, ...ask });
    // UTF-16 units take three bytes of UTF-8 at most.
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

  /** Waits for no answer any more. */
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
    // Not Deno's own: it sends the head of a large frame by itself, and the rest waits 40 ms for its delayed acknowledgement (RFC 896, 1122).
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
    /** Whether it has not closed: that may happen while a proof is checked, and then another takes its place. */
    const isCurrent = () => this.#socket === socket;
    // One after another: checking a proof takes a moment, and what comes behind it waits.
    let read = Promise.resolve();
    socket.addEventListener("message", ({ data }) => {
      const take = () => isCurrent() ? this.#onMessage(String(data), onHandshake) : undefined;
      read = read.then(take).catch((error) => {
        // What the node says is not what a node says; anything else is a bug of ours.
        if (isWrongWord(error)) this.#log.warn("node.fault", { error: causeOf(error) });
        else reportFault(this.#log, "media", error);
        if (isCurrent()) this.#isFaulty = true;
        socket.close();
      });
    });
    const failed = ({ error }: { error: unknown }) => {
      this.#fail(error);
      // "close" follows and tells the rest.
      if (isConnectionRefused(error)) this.#events.refused();
    };
    socket.addEventListener("error", guarded(this.#log, "media", failed));
    socket.on("pong", () => this.#heardAt = performance.now());
    const closed = ({ code }: { code: number }) => this.#onClose(code);
    socket.addEventListener("close", guarded(this.#log, "media", closed), { once: true });
  }

  /** Asks a silent node for a sign of life, and gives up a connection that stays silent. */
  #look(): void {
    const now = performance.now();
    this.#lateLooks = now - this.#lookedAt > 2 * LOOK_MS ? this.#lateLooks + 1 : 0;
    this.#lookedAt = now;
    // Not when this process was busy itself: what has come meanwhile is read first, which it was before the next look.
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

  /** Many rooms are on one connection: what a node says wrong of one of them is dropped. What it says of itself has to be right. */
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

  /** It could not be reached, or not in time. */
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
    // At once after an interruption: whether something still listens there tells a process that has ended from a network that is gone.
    const isAtOnce = wasUp && !this.#isFaulty;
    // One that breaks the rules each time would otherwise be called without a pause.
    if (this.#isFaulty) this.#retryMs = LAST_RETRY_MS;
    this.#isFaulty = false;
    const delayMs = isAtOnce ? 0 : this.#retryMs * (0.75 + Math.random() / 2);
    if (!wasUp) this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
    // An address that is none throws.
    this.#retryTimer = setTimeout(guarded(this.#log, "media", () => this.#connect()), delayMs);
  }
}

function isWrongWord(error: unknown): boolean {
  return error instanceof ProtocolFault || error instanceof v.ValiError || error instanceof SyntaxError;
}

/** Whether the other host said that nobody listens. Source: connect(2), ECONNREFUSED. */
function isConnectionRefused(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ECONNREFUSED";
}

/** Undefined: it is none that this edge knows. */
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
