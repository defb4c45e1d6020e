import type { Wire } from "../runtime/runtime.ts";
import type { RoomServices } from "../context.ts";
import {
  type Command,
  commands,
  type Down,
  type ForeignCommand,
  isForNow,
  isRefusal,
  type ParticipantId,
  type PeerAnswer,
  ProtocolFault,
  type Refusal,
  type RoomState,
  type SpaceId,
  type Up,
  type UpOf,
} from "@tafelrunde/protocol";
import type { MediaNoticeOf } from "@tafelrunde/protocol/media";
import { onBehalfOf } from "../asker.ts";
import type { PeerNotice } from "../fleet/fleet_events.ts";
import type { Caller } from "../identity/caller.ts";
import { RoomClient } from "./room_client.ts";
import { answerForeign, takeCommand } from "./room_client_commands.ts";
import { isUnstored, takeUnstored } from "./room_client_unstored.ts";
import { sendEvent } from "./room_client_events.ts";
import { enter, isIn, isKeptOut, isTakenOver, refuseNow, welcome } from "./admission/enter.ts";
import { type Admission, authorizeAgain, type Client } from "./admission/authorize.ts";
import { LobbyLook, type LobbySocket } from "./lobby_looks.ts";
import { answerPeer, type PeerUp, takePeerPoints } from "./peer_messages.ts";
import type { EventFrame } from "./event_frame.ts";
import type { Room } from "./room.ts";
import { send, sendRefusal } from "./send.ts";
import { Socket, type SocketListener } from "./socket.ts";

/** Most queued messages of one socket. */
export const QUEUE_LIMIT = 256;

/** One client on one socket: turns messages into commands and media node requests, and sends events. */
export class Session implements SocketListener {
  readonly socket: Socket;
  readonly #services: RoomServices;
  readonly #client: Client;
  /** Set from `hello` on. */
  #roomClient: RoomClient | undefined;
  #look: LobbyLook | undefined;
  #queue: Promise<void> = Promise.resolve();
  #queued = 0;

  constructor(wire: Wire, services: RoomServices, client: Client) {
    this.#services = services;
    this.#client = client;
    this.socket = new Socket(wire, { ...services, address: client.address }, this);
  }

  /**
   * Messages are processed one after another: what one needs from the media node is ready before the next is
   * read.
   */
  receive(message: Up | ForeignCommand): void {
    if (message.type === "ping") return this.#send({ type: "pong", n: message.n });
    if (this.#queued >= QUEUE_LIMIT) return this.receiveTooFrequent(message, 1_000);
    const { places } = this.#services;
    this.#inTurn(() => places.run(this.#client.address, () => this.#take(message), this.socket));
  }

  receiveTooFrequent(message: Up | ForeignCommand, retryAfterMs: number): void {
    const cause = "id" in message ? message.id : null;
    const { metrics } = this.#services;
    sendRefusal(this.socket, metrics, cause, { refused: "message.tooFrequent", retryAfterMs });
  }

  gone(): void {
    const here = this.#roomClient;
    if (here === undefined) return;
    const { open, participantId, standing } = here;
    open.room.unlisten(this);
    if (open.sessions.get(participantId) !== this) return;
    open.sessions.delete(participantId);
    if (standing === "lobby") return here.endPeer();
    this.#lose(open.room, participantId);
  }

  /** The same participant came through a newer socket, which takes over. */
  replace(): void {
    this.socket.close("replaced");
  }

  end(): void {
    if (this.#here === undefined) this.socket.close("roomUnknown");
    else this.#here.dismiss("ended");
  }

  /** The account of the connection; edge/identity/sign_outs.ts checks that it is still signed in. */
  get caller(): Caller {
    return this.#client.caller;
  }

  /** The account is not signed in anymore. */
  signOut(): void {
    if (this.#here === undefined) this.socket.close("signedOut");
    else this.#here.signOut();
  }

  /** Checks a client in the lobby again. */
  review(): void {
    this.lobbyLook?.look.soon();
  }

  /** Undefined: the client is not in a lobby. */
  get lobbyLook(): LobbySocket["lobbyLook"] {
    const here = this.#here;
    if (here === undefined || here.standing === "joined" || this.#look === undefined) return undefined;
    return { look: this.#look, endsAt: here.admission.endsAt };
  }

  fault(): void {
    this.socket.close("internal");
  }

  /** Handles a notice of the media node about this participant. */
  notice(notice: PeerNotice): void {
    switch (notice.type) {
      case "consumers.opened":
        if (this.#here?.maySee !== true) return;
        return this.#send({ type: "consumers.opened", path: notice.path, consumers: notice.consumers });
      case "consumers.closed":
        if (this.#here?.maySee !== true) return;
        return this.#send({ type: "consumers.closed", path: notice.path, trackIds: notice.trackIds });
      case "track.demand":
        return this.#send({ type: "track.demand", trackId: notice.trackId, layer: notice.layer });
      default:
        notice satisfies never;
    }
  }

  /**
   * The media moved to another node; `isLost`: the old one is gone. False: the client cannot be notified.
   */
  movePeer(answer: PeerAnswer, isLost: boolean): boolean {
    if (this.#here === undefined) return false;
    this.#send({ type: "peer.moved", answer, ...isLost && { lost: true } });
    return true;
  }

  /** The media transport is gone; the client may ask for a new one after `retryAfterMs`. */
  losePeer(retryAfterMs: number): void {
    this.#here?.losePeer(retryAfterMs);
  }

  /** These tracks do not reach the client now; none: all do. */
  interruptMedia({ trackIds, silent }: Pick<MediaNoticeOf<"room.interrupted">, "trackIds" | "silent">): void {
    if (this.#here?.maySee !== true) return;
    this.#send({ type: "media.interrupted", trackIds, ...silent !== undefined && { silent } });
  }

  /** An event happened in the room. */
  onEvent(eventFrame: EventFrame, before: RoomState): void {
    const here = this.#here;
    if (here !== undefined) sendEvent(here, eventFrame, before);
  }

  /**
   * Sends a shared frame to a client that has joined and is in `space`; undefined: anywhere. A frame that is
   * not an event can be lost.
   */
  onMoment(frame: string, space: SpaceId | null | undefined): void {
    const here = this.#here;
    if (here === undefined || !this.#isServed || space !== undefined && space !== here.space) return;
    this.socket.broadcast(frame, here.room.people);
  }

  /** Like `tellMoment`, for frames that are replaced by a newer one of the same kind. */
  sendNewest(kind: string, frame: string): void {
    const here = this.#here;
    if (here !== undefined && this.#isServed) {
      this.socket.broadcastNewest(kind, () => frame, here.room.people);
    }
  }

  /** The client lagged and can take frames again. */
  caughtUp(): void {
    this.#here?.catchUp();
  }

  /**
   * The protocol version of the cluster changed: sends a frame about it, unless the client has had no welcome
   * with the old one.
   */
  sendClusterVersion(frame: string): void {
    if (this.#here !== undefined) this.socket.send(frame);
  }

  /** This edge shuts down: sends the client to another. False: it is in no room. */
  move(withinMs: number): boolean {
    if (this.#here === undefined) return false;
    this.#send({ type: "moving", withinMs });
    return true;
  }

  /** Resolves when all requests of the client are done. */
  async settled(): Promise<void> {
    await this.#queue;
    await this.#here?.room.settled();
  }

  /** Undefined: no `hello` yet, or the session is over. */
  get #here(): RoomClient | undefined {
    return this.socket.isOpen ? this.#roomClient : undefined;
  }

  get #isServed(): boolean {
    const here = this.#here;
    return here !== undefined && here.isServed(here.room.state);
  }

  #inTurn(work: () => Promise<void>): void {
    this.#queued++;
    this.#queue = this.#after(this.#queue, work);
  }

  async #after(before: Promise<void>, work: () => Promise<void>): Promise<void> {
    await before;
    try {
      await work();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#queued--;
    }
  }

  #send(message: Down): void {
    send(this.socket, message);
  }

  #fail(error: unknown): void {
    if (error instanceof ProtocolFault) return this.socket.close("malformed", error.message);
    this.socket.fault(error);
  }

  async #take(message: Exclude<Up, UpOf<"ping">> | ForeignCommand): Promise<void> {
    if (!this.socket.isOpen) return;
    const here = this.#roomClient;
    if (message.type === "hello") {
      if (here !== undefined) throw new ProtocolFault("hello: a second one");
      return await this.#enter(message);
    }
    if (here === undefined) throw new ProtocolFault(`${message.type}: before hello`);
    if (message.type === "foreign") {
      if (!here.isAhead) throw new ProtocolFault("unknown type");
      return await answerForeign(here, message.id);
    }
    if (isCommand(message)) return await takeCommand(here, message);
    if (isUnstored(message)) return await takeUnstored(here, message);
    await this.#media(here, message);
  }

  async #enter({ type: _, ...hello }: UpOf<"hello">): Promise<void> {
    using _kept = this.#services.rooms.keep(hello.room);
    const entered = await enter(this.#services, hello, this.#client);
    const { socket } = this;
    if (typeof entered === "string") return socket.close(entered);
    if (isRefusal(entered)) {
      sendRefusal(socket, this.#services.metrics, hello.join?.id ?? null, entered);
      return socket.close(isForNow(entered) ? "refusedForNow" : "normal");
    }
    const { admission: { open, participantId }, isWanted } = entered;
    if (!socket.isOpen) return isWanted ? this.#lose(open.room, participantId) : undefined;
    const answer = welcome(this.#services, entered);
    const former = open.sessions.get(participantId);
    open.sessions.set(participantId, this);
    former?.replace();
    const here = new RoomClient({
      socket,
      services: this.#services,
      client: this.#client,
      request: { room: hello.room, link: hello.link, tab: hello.tab, token: hello.token },
      entered,
      welcome: answer,
    });
    this.#roomClient = here;
    this.#look = new LobbyLook(this.#services, () => this.#lookAgain());
    this.#send(answer);
    if (hello.join !== undefined) this.#send({ type: "done", cause: hello.join.id });
    if (here.standing === "joined") here.attach(hello.since);
    if (!socket.isOpen) return;
    if (here.standing === "lobby") void this.#setAside(entered.admission);
    open.room.listen(this);
    const peer = { roomId: hello.room, peerId: participantId };
    this.#services.fleet.listened(peer, { hadListener: former !== undefined });
  }

  /**
   * A participant who was inside through any socket, and now is in the lobby with a newer one, is away until
   * they join again.
   */
  async #setAside(admission: Admission): Promise<void> {
    if (isIn(admission) === undefined) return;
    const { open: { room }, participantId } = admission;
    const isPresent = await isTakenOver(admission, this.#services.edgeId);
    if (isPresent && this.#here?.standing === "lobby") this.#lose(room, participantId);
  }

  #lose(room: Room, participantId: ParticipantId): void {
    const { edgeId } = this.#services;
    void room.submit({ type: "participant.lose", participantId, edgeId });
  }

  async #media(here: RoomClient, message: PeerUp): Promise<void> {
    const { room, participantId: peerId } = here;
    const { limits, metrics } = this.#services;
    const limited = await takePeerPoints(limits, this.#client, message);
    if (limited !== undefined) return sendRefusal(this.socket, metrics, null, limited);
    const isBlind = message.type === "peer.open" && await this.#isKeptOut(here);
    if (here.isOver) return;
    const path = { live: this.#isServed, blind: isBlind, share: here.admission.share };
    if (message.type === "peer.open") here.isSighted = !isBlind;
    const answer = await answerPeer(this.#services.fleet, { roomId: room.id, peerId, path }, message);
    if (message.type === "peer.open" && !path.live) {
      // The client was admitted while the transport was created.
      if (this.#isServed) here.startPeer();
      // The client lost access meanwhile.
      else if (here.isSighted && !here.maySee) return here.closePeer();
    }
    if (answer === undefined) return;
    if (isRefusal(answer)) return sendRefusal(this.socket, metrics, null, answer);
    if (answer.type === "peer.closed" && message.type !== "peer.open") {
      here.losePeer(answer.retryAfterMs, answer.path);
    } else this.#send(answer);
  }

  /**
   * Whether the client must not learn who is in the room, by its access now and not by its access at `hello`.
   */
  async #isKeptOut(here: RoomClient): Promise<boolean> {
    if (here.standing === "joined") return false;
    const admission = await this.#findAgain(here);
    return admission === undefined || isKeptOut(admission);
  }

  /**
   * Turns the client away if it may not know about the room anymore, and closes a transport that reveals more
   * than it may see.
   */
  async #lookAgain(): Promise<void> {
    const here = this.#here;
    if (here === undefined || here.standing === "joined") return;
    const admission = await onBehalfOf(this.#client.address, () => this.#findAgain(here));
    if (admission !== undefined && here.isSighted && !here.maySee) here.closePeer();
  }

  /**
   * Looks up the access of a client in the lobby again; undefined: it may not know about the room anymore.
   */
  async #findAgain(here: RoomClient): Promise<Admission | undefined> {
    const admission = await authorizeAgain(this.#services, here.request, this.#client);
    if (isRefusal(admission)) return this.#turnAway(here, admission);
    const refusal = here.standing === "waiting" ? null : await refuseNow(admission);
    if (refusal !== null) return this.#turnAway(here, refusal);
    here.admission = admission;
    return admission;
  }

  /** Skipped if the client was admitted meanwhile. */
  #turnAway(here: RoomClient, refusal: Refusal): undefined {
    if (!here.isOver && here.standing !== "joined" && here.place === here.standing) here.turnAway(refusal);
  }
}

function isCommand(message: Up): message is Command {
  return Object.hasOwn(commands, message.type);
}
