import type {
  Down,
  DownOf,
  Event,
  FeatureDown,
  NodeOption,
  ParticipantId,
  PeerAnswer,
  Refusal,
  RefusalCode,
  RoomId,
  RoomState,
  RttByNode,
  Skipped,
  TabId,
  TrackId,
  Up,
} from "@tafelrunde/protocol";
import { CLOSE, newCommandId, PROTOCOL_VERSION, refuse } from "@tafelrunde/protocol/client";
import type { CallEnd, CallView, CommandDraft, Connection, QuestionDraft } from "./api.ts";
import { helloOverHttp } from "./direct.ts";
import { endOfClose, endOfRefusal } from "./end.ts";
import { isEvent, isOfCore } from "./frame.ts";
import type { PeerMessage, PeerOfHello } from "./media.ts";
import { PendingCommands } from "./pending.ts";
import { RoomLog } from "./room_log.ts";
import { SignalSocket } from "./socket.ts";
import { after } from "./timer.ts";

/** Longest wait for the answer to a leave before the page continues without it, ms. */
const LEAVE_DEADLINE_MS = 1_500;

/** Delay before a rejoin that was refused for a temporary reason is retried, ms. */
const COME_BACK_AGAIN_MS = 2_000;

/** Most questions without an answer. */
const MAX_QUESTIONS = 20;

/** Whether a refusal is temporary. */
function isPassing(code: RefusalCode): boolean {
  return code.endsWith(".tooFrequent") || code === "room.busy" || code.endsWith(".unavailable");
}

/** The person and the room of a session. */
export interface ClientIdentity {
  readonly room: RoomId;
  readonly link?: string;
  readonly tab: TabId;
}

/** Callbacks of a session to the call. */
export interface SessionHost {
  peerForHello(): Promise<PeerOfHello>;
  /** Round trips to media nodes, if known. */
  rttByNode(): RttByNode | undefined;
  welcomed(peer: PeerAnswer | "kept" | null, nodes: readonly NodeOption[]): void;
  media(message: PeerMessage): void;
  lobby(lobby: NonNullable<CallView["lobby"]>): void;
  /** The welcome: who the person is in the room, and what the room requires of them. */
  met(welcome: DownOf<"welcome">): void;
  /** The protocol version that every edge understands has changed since the welcome. */
  cluster(version: number): void;
  /** The person is in the waiting room. */
  waiting(): void;
  /** A moderator, or a change of the rules, has admitted them. */
  admitted(): void;
  declined(text: string): void;
  /** The person was in the room, and can re-enter only through the lobby. */
  sentBack(code: RefusalCode): void;
  /** A stored event was appended to the log. */
  happened(event: Event): void;
  /** A message for features, which is not stored. */
  shown(message: FeatureDown): void;
  /**
   * Another participant muted or ended one's own track; `by` undefined: while this client was disconnected.
   */
  stopped(trackId: TrackId, by: ParticipantId | undefined): void;
  connection(connection: Connection): void;
  /** The log, the pending commands or `you` have changed. */
  changed(): void;
  ended(end: CallEnd): void;
}

/**
 * One client's exchange with a room: hello and welcome, the log, the commands; across as many sockets as it
 * takes.
 */
export class Session {
  readonly log = new RoomLog();
  readonly pending: PendingCommands;
  readonly #identity: ClientIdentity;
  readonly #host: SessionHost;
  readonly #socket: SignalSocket;
  readonly #life = new AbortController();
  #you: ParticipantId | undefined;
  /** The name under which the person wants to join; undefined in the lobby. */
  #name: string | undefined;
  /** The room's password that the person has entered: it is required again when they return after a sleep. */
  #password: string | undefined;
  /** Settles when the direct join is done; the socket's hello waits for it. */
  #entering: Promise<void> = Promise.resolve();
  /** Counts sockets, so that a late hello does not go to the next one. */
  #sockets = 0;
  #isWelcome = false;
  #isWaiting = false;
  /** Features' questions that are not answered yet, by id. */
  readonly #questions = new Map<string, (answer: FeatureDown | null) => void>();
  /** Why the last hello was refused; the edge then closes the socket. */
  #helloRefusal: RefusalCode | undefined;

  constructor(url: string, identity: ClientIdentity, host: SessionHost) {
    this.#identity = identity;
    this.#host = host;
    this.#socket = new SignalSocket(url, {
      opened: () => void this.#hello(this.#anew()),
      received: (message) => this.#received(message),
      lost: () => this.#lost(),
      ended: (next, code) => this.#ended(next === "reload" ? "outdated" : this.#endOf(code)),
    });
    this.pending = new PendingCommands((command) => this.send(command), () => host.changed());
  }

  get you(): ParticipantId | undefined {
    return this.#you;
  }

  /** Whether the person is in the waiting room. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  start(): void {
    this.#socket.start();
  }

  /** Asks a feature's question; null: unavailable now. Never rejects. */
  question(draft: QuestionDraft): Promise<FeatureDown | null> {
    if (!this.#isWelcome || this.#questions.size >= MAX_QUESTIONS) return Promise.resolve(null);
    const id = newCommandId();
    return new Promise((resolve) => {
      this.#questions.set(id, resolve);
      this.send({ ...draft, id });
    });
  }

  #answerQuestion(cause: string, answer: FeatureDown | null): void {
    this.#questions.get(cause)?.(answer);
    this.#questions.delete(cause);
  }

  /** Sends a message that gets no answer; returns false when the session is not live. */
  send(message: Up): boolean {
    return this.#isWelcome && this.#socket.send(message);
  }

  ask(ask: CommandDraft): Promise<Refusal | null> {
    if (this.#life.signal.aborted) return Promise.resolve(refuse("participant.notJoined"));
    return this.pending.ask(ask);
  }

  /** Enters from the lobby. */
  async join(name: string, password?: string, replaces?: boolean): Promise<Refusal | null> {
    this.#name = name;
    const refusal = await this.#askToJoin({
      type: "participant.join",
      name,
      ...password && { password },
      ...replaces && { replaces },
    });
    if (refusal === null) this.#password = password;
    else this.#name = undefined;
    return refusal;
  }

  /** A join that was stored, but undone before the answer arrived, is sent again. */
  async #askToJoin(join: CommandDraft & { type: "participant.join" }): Promise<Refusal | null> {
    const refusal = await this.ask(join);
    return refusal?.refused === "participant.hasLeft" ? await this.ask(join) : refusal;
  }

  /**
   * Enters without the lobby: with one request on the page's own, warm connection, while the socket opens.
   */
  async enter(name: string): Promise<Refusal | null> {
    const entering = Promise.withResolvers<void>();
    this.#entering = entering.promise;
    const id = newCommandId();
    const peer = await this.#host.peerForHello();
    const answer = await helloOverHttp({
      version: PROTOCOL_VERSION,
      ...this.#identity,
      ...peer,
      ...this.#measured(),
      join: { id, name },
    });
    try {
      if (answer === undefined) return await this.join(name);
      if ("refused" in answer) return answer;
      this.#name = name;
      this.#you = answer.welcome.you;
      this.#isWaiting = answer.welcome.waiting;
      if (answer.snapshot !== null) this.log.reset(answer.snapshot.state);
      this.#host.met(answer.welcome);
      this.#host.lobby(answer.welcome.lobby);
      this.#host.welcomed(answer.welcome.peer, answer.welcome.nodes);
      this.#host.changed();
      return null;
    } finally {
      entering.resolve();
    }
  }

  /** Leaves for good; resolves once that is stored, or without an answer after a while. */
  async leave(): Promise<void> {
    const left = this.#name === undefined ? Promise.resolve() : this.ask({ type: "participant.leave" });
    const patience = Promise.withResolvers<void>();
    after(LEAVE_DEADLINE_MS, patience.resolve, this.#life.signal);
    await Promise.race([left, patience.promise]);
    this.close();
  }

  close(): void {
    this.#life.abort();
    this.#socket.close();
    this.pending.end(refuse("participant.notJoined"));
  }

  async #hello(socket: number): Promise<void> {
    await this.#entering;
    const peer = await this.#host.peerForHello();
    if (socket !== this.#sockets || this.#life.signal.aborted) return;
    const { since } = this.log;
    this.#socket.send(
      {
        type: "hello",
        version: PROTOCOL_VERSION,
        ...this.#identity,
        ...(since !== undefined && { since }),
        ...peer,
        ...this.#measured(),
      } as Up,
    );
  }

  #measured(): { readonly rttByNode?: RttByNode } {
    const rttByNode = this.#host.rttByNode();
    return rttByNode === undefined ? {} : { rttByNode };
  }

  #received(message: Down): void {
    if (isEvent(message)) return this.#append(message);
    if (!isOfCore(message)) {
      return "cause" in message ? this.#answerQuestion(message.cause, message) : this.#host.shown(message);
    }
    switch (message.type) {
      case "welcome":
        return this.#welcomed(message);
      case "cluster":
        return this.#host.cluster(message.clusterVersion);
      case "lobby":
        return this.#host.lobby(message.lobby);
      case "snapshot":
        return this.#reset(message);
      case "slices":
        if (this.log.replace(message.seq, message.slices) === "gap") return this.#socket.reconnect();
        return this.#host.changed();
      case "waiting":
        this.#isWaiting = true;
        return this.#host.waiting();
      case "declined":
        return this.#host.declined(message.text);
      case "done":
        return this.pending.answer(message.cause, null);
      case "refused": {
        const { cause, code, retryAfterMs } = message;
        if (cause === null) this.#helloRefusal = code;
        else this.pending.answer(cause, refuse(code, retryAfterMs));
        if (cause !== null) this.#answerQuestion(cause, null);
        return;
      }
      case "moving":
        return this.#socket.move(message.withinMs);
      case "pong":
        return;
      default:
        return this.#host.media(message);
    }
  }

  #welcomed(welcome: DownOf<"welcome">): void {
    const { you, lobby, joined, waiting, peer, nodes } = welcome;
    this.#you = you;
    this.#isWelcome = true;
    this.#host.connection("live");
    this.#host.met(welcome);
    this.#host.lobby(lobby);
    if (this.#name !== undefined && !joined && !waiting && !this.pending.has("participant.join")) {
      void this.#comeBack(this.#name);
    }
    this.#host.welcomed(peer, nodes ?? []);
    this.pending.resume();
    this.#host.changed();
  }

  /**
   * The room removed the absent person in the meantime: they enter again, before their later commands are
   * sent.
   */
  async #comeBack(name: string): Promise<void> {
    const password = this.#password;
    const refusal = await this.pending.askFirst({
      type: "participant.join",
      name,
      ...password !== undefined && { password },
    });
    if (refusal === null || this.#life.signal.aborted) return;
    const { refused, retryAfterMs } = refusal;
    const end = endOfRefusal(refused);
    if (end !== undefined) return this.#ended(end);
    if (isPassing(refused)) {
      return after(retryAfterMs ?? COME_BACK_AGAIN_MS, () => {
        if (this.#name !== undefined && this.#isWelcome) void this.#comeBack(name);
      }, this.#life.signal);
    }
    this.#name = this.#password = undefined;
    this.#host.sentBack(refused);
  }

  #append(event: Event | Skipped): void {
    const { tracks } = this.log.state;
    if (this.log.append(event) === "gap") {
      console.warn("signaling: event missing before", event.seq);
      return this.#socket.reconnect();
    }
    if (event.type === "skipped") return;
    if (event.cause !== null) this.pending.answer(event.cause, null);
    if (event.type === "track.stopping") {
      const { actor, trackId } = event;
      const isOwn = tracks[trackId]?.participantId === this.#you;
      if (isOwn && actor !== null && actor !== this.#you) this.#host.stopped(trackId, actor);
    }
    // Nobody hears the whisper anymore: the edge has muted it.
    if (event.type === "track.widened" && event.actor === null) {
      const { trackId } = event;
      if (tracks[trackId]?.participantId === this.#you) this.#host.stopped(trackId, undefined);
    }
    this.#host.changed();
    this.#host.happened(event);
  }

  #reset({ state }: DownOf<"snapshot">): void {
    const before = this.log.state;
    if (!this.log.reset(state)) {
      console.warn("signaling: not a snapshot");
      return this.#socket.reconnect();
    }
    for (const trackId of this.#stoppedSince(before)) this.#host.stopped(trackId, undefined);
    if (this.#you !== undefined && this.log.state.participants[this.#you] !== undefined) {
      this.pending.withdraw(({ type }) => type === "participant.join", null);
      if (this.#isWaiting) {
        this.#isWaiting = false;
        this.#host.admitted();
      }
    }
    this.#host.changed();
  }

  /**
   * Own tracks that were on in `before` and are now muted or gone, although the person was in the room all
   * the time.
   */
  #stoppedSince({ participants, tracks }: RoomState): TrackId[] {
    const you = this.#you;
    const now = this.log.state;
    if (you === undefined || participants[you] === undefined) return [];
    if (participants[you].joinedAt !== now.participants[you]?.joinedAt) return [];
    return Object.values(tracks).flatMap(({ id, participantId, muted, stopping }) => {
      const isOn = now.tracks[id]?.muted === false && now.tracks[id].stopping === undefined;
      return participantId === you && !muted && stopping === undefined && !isOn ? [id] : [];
    });
  }

  #lost(): void {
    this.#anew();
    this.#host.connection("reconnecting");
  }

  /** Stops sending until the next welcome. Returns the number of the socket that it will arrive on. */
  #anew(): number {
    this.#isWelcome = false;
    for (const cause of [...this.#questions.keys()]) this.#answerQuestion(cause, null);
    this.pending.suspend();
    return ++this.#sockets;
  }

  #endOf(code: number): CallEnd {
    const refused = code === CLOSE.normal.code ? this.#helloRefusal : undefined;
    return refused === undefined ? endOfClose(code) : endOfRefusal(refused) ?? "fault";
  }

  #ended(end: CallEnd): void {
    this.close();
    this.#host.ended(end);
  }
}
