import { Agent, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";

/** The target of the attack, and the attacker's credentials. All of it is on 127.0.0.1. */
export interface Target {
  readonly edgePort: number;
  readonly controlPort: number;
  readonly probePort: number;
  /** The attacker's address, of 127.0.0.0/8. */
  readonly address: string;
  readonly version: number;
  /** The attacker's own account, and another user's. */
  readonly email: string;
  readonly password: string;
  readonly victim: string;
  /** The attacker's room, which has `password` as its password. */
  readonly lockedRoom: { readonly room: string; readonly link: string };
}

/** Stops a loop and closes what it has opened. */
export type Until = AbortSignal;

/** Delay after a failure, ms: long enough not to burn CPU time on nothing. */
const AFTER_FAILURE_MS = 5;

/** Longest wait for a response, ms. */
const ANSWER_MS = 20_000;

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A client at one address that floods. */
export class Attacker {
  readonly target: Target;
  /** Counts of each outcome since the last `takeOutcomes`. */
  readonly #outcomes = new Map<string, number>();
  readonly #agent: Agent;

  constructor(target: Target) {
    this.target = target;
    this.#agent = new Agent({ keepAlive: true, localAddress: target.address });
  }

  takeOutcomes(): Record<string, number> {
    const outcomes = Object.fromEntries(this.#outcomes);
    this.#outcomes.clear();
    return outcomes;
  }

  count(outcome: string): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  /** Runs `act` repeatedly, `many` in parallel, and counts its outcomes. */
  async flood(many: number, until: Until, act: (n: number) => Promise<string>): Promise<void> {
    let n = 0;
    const loop = async () => {
      while (!until.aborted) {
        try {
          this.count(await act(n++));
        } catch (error) {
          this.count(error instanceof Error && "code" in error ? String(error.code) : String(error));
          await pause(AFTER_FAILURE_MS);
        }
      }
    };
    await Promise.all(Array.from({ length: many }, loop));
  }

  /** Sends a request to the edge; returns the status of the response, and its body if that is JSON. */
  ask(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<{ status: number; answer: unknown; cookies: string }> {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const asked = request({
        host: "127.0.0.1",
        port: this.target.edgePort,
        method,
        path,
        agent: this.#agent,
        timeout: ANSWER_MS,
        headers: {
          ...text !== undefined && {
            "content-type": "application/json",
            "content-length": String(Buffer.byteLength(text)),
          },
          ...headers,
        },
      }, (response: IncomingMessage) => {
        let read = "";
        response.setEncoding("utf8").on("data", (chunk: string) => read += chunk);
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            answer: response.headers["content-type"]?.includes("json") ? JSON.parse(read) : undefined,
            cookies: (response.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]).join("; "),
          }));
      });
      asked.on("error", reject);
      asked.on("timeout", () => asked.destroy(new Error("no answer")));
      asked.end(text);
    });
  }

  /** Creates a room without an account. */
  async makeRoom(): Promise<{ room: string; link: string }> {
    const { status, answer } = await this.ask("POST", "/v1/rooms", { body: {} });
    if (status !== 201) throw new Error(`a room: ${status}`);
    return answer as { room: string; link: string };
  }

  /** A TCP connection; it is idle until something is written. */
  connect(port: number): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, localAddress: this.target.address });
      socket.once("connect", () => resolve(socket));
      socket.on("error", reject);
    });
  }

  /** An open WebSocket. Received messages are dropped; `onText` sees them before. */
  openSocket(url: string, onText: (text: string) => void = () => {}): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, {
        localAddress: this.target.address,
        perMessageDeflate: false,
        handshakeTimeout: ANSWER_MS,
      });
      socket.on("message", (data: unknown) => onText(String(data)));
      socket.once("open", () => resolve(socket));
      socket.on("error", reject);
    });
  }

  /** A signaling socket that has sent hello and joined; resolves once the edge confirms it. */
  async join(
    { room, link }: { readonly room: string; readonly link: string },
    { peer = "none" as unknown, onText = (_text: string) => {} } = {},
  ): Promise<WebSocket> {
    const inside = Promise.withResolvers<void>();
    const socket = await this.openSocket(`ws://127.0.0.1:${this.target.edgePort}/v1/signal`, (text) => {
      if (text.startsWith('{"type":"snapshot"')) inside.resolve();
      onText(text);
    });
    socket.once("close", (code: number) => inside.reject(new Error(`closed with ${code}`)));
    const send = (message: unknown) => socket.send(JSON.stringify(message));
    send({ type: "hello", version: this.target.version, room, link, tab: crypto.randomUUID(), peer });
    send({ type: "participant.join", id: crypto.randomUUID(), name: "Mallory" });
    const timer = setTimeout(() => inside.reject(new Error("not let in")), ANSWER_MS);
    await inside.promise.finally(() => clearTimeout(timer));
    return socket;
  }
}

/** A limited number of open objects; adding one more closes the oldest. */
export class Open {
  readonly #most: number;
  readonly #all = new Set<{ end: () => void }>();

  constructor(most: number) {
    this.#most = most;
  }

  add(end: () => void): { end: () => void } {
    const one = { end };
    this.#all.add(one);
    if (this.#all.size > this.#most) this.#endFirst();
    return one;
  }

  /** It has closed by itself. */
  delete(one: { end: () => void }): void {
    this.#all.delete(one);
  }

  get size(): number {
    return this.#all.size;
  }

  endAll(): void {
    while (this.#all.size > 0) this.#endFirst();
  }

  #endFirst(): void {
    for (const one of this.#all) {
      this.#all.delete(one);
      one.end();
      return;
    }
  }
}
