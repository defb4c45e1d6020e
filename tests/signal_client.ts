import {
  type Command,
  type Down,
  type DownOf,
  EMPTY_STATE,
  type Event,
  evolve,
  isEvent,
  type LinkSecret,
  newCommandId,
  parseDown,
  type ParticipantId,
  PROTOCOL_VERSION,
  randomToken,
  type RoomId,
  type RoomState,
  type Up,
} from "@tafelrunde/protocol";
import type { Hello, RoomCreated } from "@tafelrunde/protocol/http";
import { WebSocket } from "ws";

/** Longest wait for an expected event, ms; far more than a busy machine needs. */
const DEADLINE_MS = 40_000;

/** The same interval as a browser's page, ms. */
const PING_EVERY_MS = 5_000;

/** Length of the latest messages in a complaint, characters. */
const MAX_TOLD = 2_000;

/** A command without its id. */
export type CommandDraft = Command extends infer C ? (C extends Command ? Omit<C, "id"> : never) : never;

/** Creates a room over the REST API; `device` owns it. */
export async function createRoom(origin: string, name = "", device?: string): Promise<RoomCreated> {
  const response = await fetch(`${origin}/v1/rooms`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...device !== undefined && { cookie: `tafelrunde=${device}` },
    },
    body: JSON.stringify({ name }),
  });
  if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
  return await response.json();
}

/** The room that a link opens. */
export function roomOf(link: string): RoomCreated {
  const { pathname, hash } = new URL(link);
  return { room: pathname.slice("/r/".length) as RoomId, link: hash.slice(1) as LinkSecret, url: link };
}

/** A client's identity; omitted parts are generated. */
export interface ClientIdentity {
  readonly device?: string;
  readonly tab?: string;
  /** The secret of its session. */
  readonly session?: string | undefined;
  /** Its source address as a proxy would report it; an edge with TRUSTED_PROXIES trusts it. */
  readonly address?: string | undefined;
  /** The protocol version that it speaks. */
  readonly version?: number;
  /** The secret of the token that it comes by, instead of link, cookie and tab. */
  readonly token?: string | undefined;
  /**
   * The origin of its page, if different from the address it connects to; then it accepts any certificate.
   */
  readonly page?: string | undefined;
}

/**
 * One device in one tab without a browser: speaks the protocol, evolves the state, and keeps all messages.
 */
export class SignalClient {
  readonly device: string;
  readonly tab: string;
  readonly room: RoomCreated;
  readonly address: string | undefined;
  readonly version: number;
  readonly session: string | undefined;
  readonly page: string | undefined;
  readonly token: string | undefined;
  /** Its participant id in the room, once welcomed. */
  you: ParticipantId | undefined;
  /** All messages of the current and earlier sockets. */
  readonly received: Down[] = [];
  state: RoomState = EMPTY_STATE;
  closed: { code: number; reason: string } | undefined;
  #socket: WebSocket | undefined;
  #lastPing = 0;
  #waiters = new Set<() => void>();

  constructor(
    room: RoomCreated,
    identity: ClientIdentity = {},
  ) {
    this.room = room;
    this.device = identity.device ?? randomToken();
    this.address = identity.address;
    this.version = identity.version ?? PROTOCOL_VERSION;
    this.session = identity.session;
    this.page = identity.page;
    this.token = identity.token;
    this.tab = identity.tab ?? crypto.randomUUID();
  }

  /** Opens a socket without sending anything. */
  async connect(origin: string): Promise<void> {
    const socket = new WebSocket(`${origin.replace("http", "ws")}/v1/signal`, {
      headers: {
        ...this.token === undefined && {
          cookie: `tafelrunde=${this.device}${this.session ? `; tafelrunde-session=${this.session}` : ""}`,
        },
        ...this.address !== undefined && { "x-forwarded-for": this.address },
        ...this.page !== undefined && { host: new URL(this.page).host, origin: this.page },
      },
      ...this.page !== undefined && { servername: new URL(this.page).hostname, rejectUnauthorized: false },
    });
    this.#socket = socket;
    this.closed = undefined;
    socket.on("message", (data: unknown) => {
      // Messages still arriving on the previous socket are sent again: hello says where to begin.
      if (this.#socket === socket) this.#receive(parseDown(String(data)));
    });
    const pinging = setInterval(() => {
      if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"ping","n":0}');
    }, PING_EVERY_MS);
    socket.on("close", (code: number, reason: unknown) => {
      clearInterval(pinging);
      if (this.#socket !== socket) return;
      this.closed = { code, reason: String(reason) };
      this.#wake();
    });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the handshake is not answered")), DEADLINE_MS);
      socket.once("open", () => {
        clearTimeout(timer);
        resolve();
      });
      socket.once("error", (error: Error) => {
        clearTimeout(timer);
        reject(error);
      });
    });
    socket.on("error", () => {});
  }

  /** Opens a socket and sends hello; resolves with the welcome. Rejects if the socket is closed instead. */
  async enter(origin: string, hello: Partial<Hello> = {}): Promise<DownOf<"welcome">> {
    await this.connect(origin);
    const since = this.state.seq > 0 ? { since: this.state.seq } : {};
    const entries = {
      version: this.version,
      room: this.room.room,
      ...this.token === undefined ? { link: this.room.link, tab: this.tab } : { token: this.token },
      peer: "none",
      ...since,
      ...hello,
    };
    const seen = this.received.length;
    this.send({ type: "hello", ...entries } as Up);
    let welcome: DownOf<"welcome"> | undefined;
    await this.until(() => {
      welcome = this.received.slice(seen).find((message) => message.type === "welcome");
      return welcome !== undefined || this.closed !== undefined;
    });
    if (welcome === undefined) throw new Error(`closed with ${this.closed!.code}: ${this.closed!.reason}`);
    this.you = welcome.you;
    return welcome;
  }

  /** Enters and joins under `name`; resolves once it has the state. */
  async join(origin: string, name: string): Promise<this> {
    await this.enter(origin);
    await this.ask({ type: "participant.join", name });
    await this.until(() => this.state.seq > 0);
    return this;
  }

  /** Sends a command; resolves with its event, `done` or `refused`. */
  async ask(ask: CommandDraft, id = newCommandId()): Promise<Down> {
    this.send({ ...ask, id } as Up);
    let answer: Down | undefined;
    await this.until(() =>
      (answer = this.received.find((message) => "cause" in message && message.cause === id)) !== undefined
    );
    return answer!;
  }

  /** Sends a ping; resolves with the pong, or when the socket is closed. */
  async ping(): Promise<void> {
    const n = ++this.#lastPing;
    this.send({ type: "ping", n });
    const isAnswered = () => this.received.some((message) => message.type === "pong" && message.n === n);
    await this.until(() => this.closed !== undefined || isAnswered());
  }

  /** Sends a message unchanged. */
  send(message: Up): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string | Uint8Array): void {
    this.#socket!.send(text);
  }

  /** Pauses or resumes reading. */
  setReading(isReading: boolean): void {
    if (isReading) this.#socket!.resume();
    else this.#socket!.pause();
  }

  /** Drops the connection without a close frame. */
  cut(): void {
    this.#socket!.terminate();
  }

  async close(): Promise<void> {
    this.#socket!.close();
    await this.until(() => this.closed !== undefined);
  }

  /** The next message of a type at or after position `from` of `received`. */
  async next<Type extends Down["type"]>(type: Type, from = this.received.length): Promise<DownOf<Type>> {
    let found: Down | undefined;
    await this.until(() =>
      (found = this.received.slice(from).find((message) => message.type === type)) !== undefined
    );
    return found as DownOf<Type>;
  }

  /** Waits for a condition, checked after each message. Rejects after `deadlineMs`; Infinity: never. */
  async until(isSo: () => boolean, deadlineMs = DEADLINE_MS): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = deadlineMs === Infinity ? undefined : setTimeout(() => {
        this.#waiters.delete(look);
        reject(
          new Error(
            `still waiting; closed: ${JSON.stringify(this.closed)}; last: ${
              JSON.stringify(this.received.slice(-3)).slice(0, MAX_TOLD)
            }`,
          ),
        );
      }, deadlineMs);
      const look = () => {
        if (!isSo()) return;
        clearTimeout(timer);
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
    });
  }

  /** Events received over all sockets, in order of arrival. */
  get events(): Event[] {
    return this.received.filter(isEvent);
  }

  #receive(message: Down): void {
    this.received.push(message);
    if (message.type === "snapshot") this.state = message.state as unknown as RoomState;
    else if (message.type === "slices") this.state = { ...this.state, ...message.slices };
    else if (isEvent(message) || message.type === "skipped") this.state = evolve(this.state, message);
    this.#wake();
  }

  #wake(): void {
    for (const look of this.#waiters) look();
  }
}
