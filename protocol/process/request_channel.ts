import * as v from "valibot";
import { backoffMs, jittered } from "../backoff.ts";
import { CLOSE } from "../close.ts";
import type { NodeId } from "../ids.ts";
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
} from "../media.ts";
import { randomToken } from "../new_ids.ts";
import { isTooDeep } from "../json.ts";
import { parse, requestIdOf } from "../parse.ts";
import { ProtocolFault } from "../protocol_fault.ts";
import { causeOf } from "./cause.ts";
import { guarded, reportFault } from "./faults.ts";
import type { Log } from "./log.ts";
import { LogBudget } from "./log_budget.ts";

/** Most pending requests to one node; more are refused. */
const PENDING_LIMIT = 10_000;

/** Waits between attempts to connect. */
const RETRIES = { firstMs: 100, longestMs: 2_000 };

/** Interval of the checks for silence, ms. */
const LOOK_MS = 200;

/** With more late checks in a row than this, the process is slow and not just back from a suspension. */
const MOST_LATE_LOOKS = 3;

/** Longest time from the first packet to the node's proof, ms; then the connection is replaced. */
const CONNECT_MS = 3_000;

/** Time for which a node can be unreachable before that is logged, once, ms: it might just be starting. */
const UNREACHABLE_MS = 5_000;

/** Longest time for closing a connection in order, ms. */
const GOODBYE_MS = 500;

/** The part of a WebSocket of `ws` that a channel uses. */
export interface ChannelSocket {
  readonly readyState: number;
  send(text: string): void;
  ping(): void;
  close(code?: number): void;
  terminate(): void;
  on(event: "message", listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: "pong", listener: () => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
  on(event: "close", listener: (code: number) => void): unknown;
}

/** `readyState` of a closed WebSocket. Source: HTML standard, WebSocket. */
const CLOSED = 3;

/** How long the other side can be silent. */
export interface Patience {
  /** Silence after which it is pinged, ms. */
  readonly pingMs: number;
  /** Longest time for the pong, ms; then the connection is replaced. */
  readonly pongMs: number;
}

/** Events of a channel for its owner. */
export interface ChannelEvents<Notice> {
  /** A node with this id is at the other end; false: disconnect and retry later. */
  meets(nodeId: NodeId): boolean;
  notice(notice: Notice): void;
  /** The node has proved the key; after this, pending requests are sent again. */
  proved(profile: NodeProfile): void;
  /** The node takes requests; after an interruption it might have forgotten earlier ones. */
  up(): void;
  down(): void;
  /** Nothing listens at the node's address. */
  refused(): void;
}

/** Who asks a node, and what both say. */
export interface ChannelOptions<Answers extends object, Notice> {
  /** Opens a WebSocket to the node. */
  readonly connect: () => ChannelSocket;
  /** Who this side is: an edge, or a node with its profile. */
  readonly self: { readonly edgeId: string } | { readonly node: NodeProfile };
  readonly clusterKeys: readonly string[];
  /** `{id, ok}` or `{id, refused}`. */
  readonly answer: v.GenericSchema;
  /** What is in `ok`, by the type of the request. */
  readonly answers: Readonly<Record<keyof Answers, v.GenericSchema>>;
  readonly notices: Readonly<Record<string, v.GenericSchema>>;
  /** The notice about the node itself, which must be valid. One about a room that is not is left out. */
  readonly vitalNotice?: string;
  /** Whether requests outlive an interruption: they are idempotent, and sent again until their deadline. */
  readonly repeats: boolean;
  readonly patience: Patience;
  readonly log: Log;
  readonly events: ChannelEvents<Notice>;
}

/**
 * The answer to a request, or a refusal; "unreachable": no answer within CONTROL_DEADLINE_MS, or the node was
 * lost.
 */
export type ChannelOutcome<Answer, Refusal extends string> =
  | { readonly ok: Answer }
  | { readonly refused: Refusal | LocalRefusal };

/** Refusals of this side: the node cannot be asked, or has sent an invalid answer. */
export type LocalRefusal = "unreachable" | "request.malformed" | "node.failed";

interface Pending {
  readonly type: PropertyKey;
  readonly frame: string;
  readonly answer: (outcome: ChannelOutcome<never, never>) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * The connection to a media node, from an edge (media.ts) or from another node (cascade.ts): both sides prove
 * the cluster key, each request is answered by its id, silence is noticed, and it reconnects by itself.
 */
export class RequestChannel<
  Request extends { readonly id: number; readonly type: string },
  Answers extends Record<Request["type"], unknown>,
  Refusal extends string,
  Notice,
> implements AsyncDisposable {
  readonly #options: ChannelOptions<Answers, Notice>;
  readonly #log: Log;
  readonly #pending = new Map<number, Pending>();
  readonly #budget = new LogBudget();
  readonly #lookTimer: ReturnType<typeof setInterval>;
  #nextId = 1;
  #socket: ChannelSocket | undefined;
  #profile: NodeProfile | undefined;
  #version = 0;
  #isUp = false;
  /** The node has sent something invalid. */
  #isFaulty = false;
  #retries = 0;
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
  #isStopped = false;

  constructor(options: ChannelOptions<Answers, Notice>) {
    this.#options = options;
    this.#log = options.log;
    this.#lookTimer = setInterval(guarded(this.#log, "channel", () => this.#look()), LOOK_MS);
    this.#connect();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** The node's profile, known once it has answered for the first time. */
  get profile(): NodeProfile | undefined {
    return this.#profile;
  }

  /** The version that both sides speak, known once the node has answered for the first time; 0 before. */
  get version(): number {
    return this.#version;
  }

  /** Sends a request. Never rejects. */
  ask<Type extends Request["type"]>(
    request: Omit<Extract<Request, { readonly type: Type }>, "id">,
  ): Promise<ChannelOutcome<Answers[Type], Refusal>> {
    const { type } = request as unknown as { readonly type: Type };
    const canWait = this.#options.repeats || this.#isUp;
    if (this.#pending.size >= PENDING_LIMIT || this.#isStopped || !canWait) {
      return Promise.resolve({ refused: "unreachable" });
    }
    const id = this.#nextId++;
    const frame = JSON.stringify({ id, ...request });
    // A UTF-16 unit takes at most three bytes in UTF-8.
    if (frame.length * 3 > MAX_CONTROL_BYTES && new TextEncoder().encode(frame).length > MAX_CONTROL_BYTES) {
      this.#warn("node.tooLong", { request: type });
      return Promise.resolve({ refused: "request.malformed" });
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(id, { refused: "unreachable" }), CONTROL_DEADLINE_MS);
      this.#pending.set(id, { type, frame, answer: resolve as Pending["answer"], timer });
      if (this.#isUp) this.#socket?.send(frame);
    });
  }

  /** Answers all pending requests as unreachable. */
  giveUp(): void {
    for (const id of [...this.#pending.keys()]) this.#settle(id, { refused: "unreachable" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retryTimer);
    clearInterval(this.#lookTimer);
    this.giveUp();
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === CLOSED) return;
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    const goodbye = setTimeout(() => socket.terminate(), GOODBYE_MS);
    socket.close();
    await closed;
    clearTimeout(goodbye);
  }

  #settle(id: number, outcome: ChannelOutcome<unknown, string>): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    pending.answer(outcome as ChannelOutcome<never, never>);
  }

  #connect(): void {
    const socket = this.#options.connect();
    this.#socket = socket;
    this.#begunAt = performance.now();
    /** A socket can close while a proof is checked, and be replaced. */
    const isCurrent = () => this.#socket === socket;
    const greet = this.#greeter(socket, isCurrent);
    // Messages are handled one after another: checking a proof takes time.
    let read = Promise.resolve();
    socket.on("message", (data, isBinary) => {
      const take = () => isCurrent() ? this.#onMessage(textOf(data, isBinary), greet) : undefined;
      read = read.then(take).catch((error: unknown) => {
        // An invalid message is the node's fault; anything else is a bug of ours.
        if (isInvalid(error)) this.#log.warn("node.fault", { error: causeOf(error) });
        else reportFault(this.#log, "channel", error);
        if (isCurrent()) this.#isFaulty = true;
        socket.close();
      });
    });
    const failed = (error: unknown) => {
      this.#fail(error);
      // "close" follows and does the rest.
      if (isConnectionRefused(error) && !this.#isStopped) this.#options.events.refused();
    };
    socket.on("error", guarded(this.#log, "channel", failed));
    socket.on("pong", () => this.#heardAt = performance.now());
    socket.on("close", guarded(this.#log, "channel", (code: number) => this.#onClose(code)));
  }

  /** Proves this side's key on `socket`, and checks the node's proof. */
  #greeter(socket: ChannelSocket, isCurrent: () => boolean): (message: ControlHandshake) => Promise<void> {
    const { self, clusterKeys, events } = this.#options;
    const side = "node" in self ? "peer node" : "edge";
    const fromId = "node" in self ? self.node.address.nodeId : self.edgeId;
    const nonce = randomToken();
    let ids: ControlIds | undefined;
    return async (message) => {
      if (message.type === "challenge") {
        if (!events.meets(message.nodeId)) return socket.close();
        if (agreedVersion(CHANNEL_VERSIONS, message.versions) === undefined) {
          this.#warn("node.version", { nodeId: message.nodeId, versions: message.versions });
          this.#isFaulty = true;
          return socket.close(CLOSE.version.code);
        }
        ids = { fromId, nodeId: message.nodeId, fromNonce: nonce, nodeNonce: message.nonce };
        const proof = await controlProof(clusterKeys[0]!, side, ids);
        const type = "node" in self ? "auth.node" : "auth";
        return socket.send(JSON.stringify({ type, versions: CHANNEL_VERSIONS, ...self, nonce, proof }));
      }
      const isProved = message.type === "ready" && ids !== undefined &&
        message.node.address.nodeId === ids.nodeId &&
        await findProvedKey(clusterKeys, "node", ids, message.proof) !== undefined;
      if (!isCurrent()) return;
      if (!isProved) throw new ProtocolFault("the node does not hold the cluster key");
      this.#version = message.version;
      this.#onUp(message.node);
    };
  }

  /** Pings a silent node, and gives up a connection that stays silent. */
  #look(): void {
    const { pingMs, pongMs } = this.#options.patience;
    const now = performance.now();
    this.#lateLooks = now - this.#lookedAt > 2 * LOOK_MS ? this.#lateLooks + 1 : 0;
    this.#lookedAt = now;
    // Not if this process was busy itself: messages received meanwhile are read before the next check.
    const wasLate = this.#lateLooks > 0 && this.#lateLooks <= MOST_LATE_LOOKS;
    if (!this.#isUp && !wasLate && now - this.#begunAt > CONNECT_MS) {
      this.#fail(new Error("no answer in time"));
      this.#socket?.terminate();
    }
    if (!this.#isUp || now - this.#heardAt <= pingMs) {
      this.#pingedAt = undefined;
    } else if (this.#pingedAt === undefined) {
      this.#pingedAt = now;
      this.#socket?.ping();
    } else if (!wasLate && now - this.#pingedAt > pongMs) {
      this.#socket?.terminate();
    }
  }

  async #onMessage(text: string, greet: (message: ControlHandshake) => Promise<void>): Promise<void> {
    this.#heardAt = performance.now();
    if (!this.#isUp) return await greet(parse(controlHandshake, text) as ControlHandshake);
    const id = requestIdOf(text);
    if (id === undefined) return this.#onNotice(text);
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    const outcome = this.#readAnswer(pending.type as keyof Answers, text);
    if (outcome === undefined) this.#warn("node.malformed", { what: "answer" });
    this.#settle(id, outcome ?? { refused: "node.failed" });
  }

  /** Undefined: not a valid answer to a request of this type. */
  #readAnswer(type: keyof Answers, text: string): ChannelOutcome<unknown, string> | undefined {
    if (isTooDeep(text)) return undefined;
    try {
      const answer = v.parse(this.#options.answer, JSON.parse(text)) as ChannelOutcome<unknown, string>;
      return "refused" in answer
        ? { refused: answer.refused }
        : { ok: v.parse(this.#options.answers[type], answer.ok) };
    } catch {
      return undefined;
    }
  }

  /** Many rooms share one connection, so an invalid notice about one of them is left out. */
  #onNotice(text: string): void {
    const { notices, vitalNotice, events } = this.#options;
    let notice: Notice;
    try {
      notice = parse(notices, text) as Notice;
    } catch (error) {
      const isVital = vitalNotice !== undefined && text.startsWith(`{"type":"${vitalNotice}"`);
      if (!(error instanceof ProtocolFault) || isVital) throw error;
      return this.#warn("node.malformed", { what: error.message });
    }
    events.notice(notice);
  }

  #warn(event: string, fields: Record<string, unknown>): void {
    const may = this.#budget.take(event);
    if (may !== undefined) this.#log.warn(event, { ...fields, ...may.leftOut > 0 && may });
  }

  /** The node could not be reached, or not in time. */
  #fail(error: unknown): void {
    if (this.#isUp || this.#isStopped) return;
    this.#unreachable ??= { since: performance.now(), isTold: false };
    const { since, isTold } = this.#unreachable;
    if (isTold || performance.now() - since < UNREACHABLE_MS) return;
    this.#unreachable.isTold = true;
    this.#log.warn("node.unreachable", { error: causeOf(error) });
  }

  #onUp(profile: NodeProfile): void {
    this.#profile = profile;
    this.#isUp = true;
    this.#unreachable = undefined;
    this.#retries = 0;
    this.#log.info("node.up", { nodeId: profile.address.nodeId });
    const { events } = this.#options;
    events.proved(profile);
    for (const { frame } of this.#pending.values()) this.#socket?.send(frame);
    events.up();
  }

  #onClose(code: number): void {
    const wasUp = this.#isUp;
    this.#isUp = false;
    this.#socket = undefined;
    if (!this.#options.repeats) this.giveUp();
    if (this.#isStopped) return;
    if (code === CLOSE.version.code) this.#warn("node.version", { nodeId: this.#profile?.address.nodeId });
    if (wasUp) {
      this.#log.warn("node.down", { code });
      this.#options.events.down();
    }
    // At once after an interruption: whether something still listens there distinguishes a dead process from
    // a broken network. A node that breaks the rules each time would be called without a pause.
    const isAtOnce = wasUp && !this.#isFaulty;
    const delayMs = isAtOnce ? 0 : this.#isFaulty ? RETRIES.longestMs : backoffMs(this.#retries++, RETRIES);
    this.#isFaulty = false;
    // An invalid address throws.
    this.#retryTimer = setTimeout(guarded(this.#log, "channel", () => this.#connect()), jittered(delayMs));
  }
}

/** The text of a frame. Throws ProtocolFault when it is binary. */
export function textOf(data: unknown, isBinary: boolean): string {
  if (isBinary) throw new ProtocolFault("not text");
  return String(data);
}

/** Whether the other side has sent something invalid. */
function isInvalid(error: unknown): boolean {
  return error instanceof ProtocolFault || error instanceof v.ValiError || error instanceof SyntaxError;
}

/** Whether the other host answered that nothing listens. Source: connect(2), ECONNREFUSED. */
function isConnectionRefused(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ECONNREFUSED";
}
