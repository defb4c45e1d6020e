import {
  type Command,
  commands,
  type Down,
  type ForeignCommand,
  isAvailable,
  isForNow,
  isRefusal,
  may,
  type ParticipantId,
  type PeerAnswer,
  ProtocolFault,
  type Refusal,
  type RoomState,
  type Up,
  type UpOf,
} from "@tafelrunde/protocol";
import type { MediaNoticeOf } from "@tafelrunde/protocol/media";
import { onBehalfOf } from "../asker.ts";
import type { PeerNotice } from "../fleet/fleet_events.ts";
import type { Caller } from "../identity/caller.ts";
import { Attendance } from "./attendance.ts";
import { answerForeign, takeCommand } from "./attendance_commands.ts";
import { tellEvent } from "./attendance_events.ts";
import { takeFrames } from "./command_share.ts";
import { sendChatPage } from "./chat_page.ts";
import { enter, isIn, isKeptOut, isTakenOver, refuseNow, welcome } from "./enter.ts";
import { knockAgain, type Reception, type Visit, type Visitor } from "./knock.ts";
import { LobbyLook, type LobbySocket } from "./lobby_looks.ts";
import { answerPeer, type PeerUp, takePeerPoints } from "./peer_messages.ts";
import type { Room, Told } from "./room.ts";
import { say, sayRefused } from "./say.ts";
import { type Passenger, Socket, type Wire } from "./socket.ts";

/** Messages of one socket that wait for their turn at once. */
export const QUEUE_LIMIT = 256;

/** One person on one socket: turns messages into commands and requests to the media node, and tells what happens. */
export class Session implements Passenger {
  readonly socket: Socket;
  readonly #reception: Reception;
  readonly #visitor: Visitor;
  /** From `hello` on. */
  #attendance: Attendance | undefined;
  #look: LobbyLook | undefined;
  #queue: Promise<void> = Promise.resolve();
  #queued = 0;

  constructor(wire: Wire, reception: Reception, visitor: Visitor) {
    this.#reception = reception;
    this.#visitor = visitor;
    const { context, unread } = reception;
    this.socket = new Socket(wire, { ...context, unread, address: visitor.address }, this);
  }

  /** Messages are taken one after another: what a message needs from the media node is there before the next is looked at. */
  receive(message: Up | ForeignCommand): void {
    if (message.type === "ping") return this.#send({ type: "pong", n: message.n });
    if (this.#queued >= QUEUE_LIMIT) return this.receiveTooFrequent(message, 1_000);
    const { places } = this.#reception;
    this.#inTurn(() => places.run(this.#visitor.address, () => this.#take(message), this.socket));
  }

  receiveTooFrequent(message: Up | ForeignCommand, retryAfterMs: number): void {
    const cause = "id" in message ? message.id : null;
    const { metrics } = this.#reception.context;
    sayRefused(this.socket, metrics, cause, { refused: "message.tooFrequent", retryAfterMs });
  }

  gone(): void {
    const here = this.#attendance;
    if (here === undefined) return;
    const { open, participantId, standing } = here;
    open.room.unlisten(this);
    if (open.sessions.get(participantId) !== this) return;
    open.sessions.delete(participantId);
    if (standing === "lobby") return here.endPeer();
    this.#lose(open.room, participantId);
  }

  /** The same person came through a newer socket, which carries on with everything. */
  replace(): void {
    this.socket.close("replaced");
  }

  end(): void {
    if (this.#here === undefined) this.socket.close("roomUnknown");
    else this.#here.dismiss("ended");
  }

  /** The account that they came with; the session is checked by edge/identity/sign_outs.ts. */
  get caller(): Caller {
    return this.#visitor.caller;
  }

  /** They are not signed in any more. */
  signOut(): void {
    if (this.#here === undefined) this.socket.close("signedOut");
    else this.#here.signOut();
  }

  /** Who is in front of the room is looked at. */
  review(): void {
    this.lobbyLook?.look.soon();
  }

  /** Undefined: they are not in front of a room. */
  get lobbyLook(): LobbySocket["lobbyLook"] {
    const here = this.#here;
    if (here === undefined || here.standing === "joined" || this.#look === undefined) return undefined;
    return { look: this.#look, endsAt: here.visit.endsAt };
  }

  fault(): void {
    this.socket.close("internal");
  }

  /** The media node says something that concerns this person. */
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

  /** The media is on another node from now on. False: the client cannot be told. */
  movePeer(answer: PeerAnswer): boolean {
    if (this.#here === undefined) return false;
    this.#send({ type: "peer.moved", answer });
    return true;
  }

  /** The media path is gone; the client may ask for a new one after `retryAfterMs`. */
  losePeer(retryAfterMs: number): void {
    this.#here?.losePeer(retryAfterMs);
  }

  /** These tracks do not get through to the person now; none: all do. */
  interruptMedia({ trackIds, silent }: Pick<MediaNoticeOf<"room.interrupted">, "trackIds" | "silent">): void {
    if (this.#here?.maySee !== true) return;
    this.#send({ type: "media.interrupted", trackIds, ...silent !== undefined && { silent } });
  }

  /** Something happened in the room. */
  tell(told: Told, before: RoomState): void {
    const here = this.#here;
    if (here !== undefined) tellEvent(here, told, before);
  }

  /** Sends a frame that was serialised once for many, to those who have joined. What is not an event may be lost. */
  tellMoment(frame: string): void {
    const here = this.#here;
    if (here !== undefined && this.#isServed) this.socket.broadcast(frame, here.room.people);
  }

  /** The same of what counts only until there is a newer one of its kind. */
  sendNewest(kind: string, frame: string): void {
    const here = this.#here;
    if (here !== undefined && this.#isServed) {
      this.socket.broadcastNewest(kind, () => frame, here.room.people);
    }
  }

  /** The reader was too slow for the events of a while. */
  caughtUp(): void {
    this.#here?.catchUp();
  }

  /** Another version of the protocol is understood by every edge: sends a frame that says so, unless no welcome has said the version of before. */
  tellCluster(frame: string): void {
    if (this.#here !== undefined) this.socket.send(frame);
  }

  /** This edge will end: sends the client elsewhere. False: it is in no room. */
  move(withinMs: number): boolean {
    if (this.#here === undefined) return false;
    this.#send({ type: "moving", withinMs });
    return true;
  }

  /** Resolves when what the client has asked is done. */
  async settled(): Promise<void> {
    await this.#queue;
    await this.#here?.room.settled();
  }

  /** Undefined: they have not said hello yet, or it is over. */
  get #here(): Attendance | undefined {
    return this.socket.isOpen ? this.#attendance : undefined;
  }

  get #isServed(): boolean {
    const here = this.#here;
    return here !== undefined && here.isServed(here.room.state);
  }

  #inTurn(work: () => Promise<void>): void {
    this.#queued++;
    this.#queue = this.#queue.then(work).catch((error) => this.#fail(error)).finally(() => this.#queued--);
  }

  #send(message: Down): void {
    say(this.socket, message);
  }

  #fail(error: unknown): void {
    if (error instanceof ProtocolFault) return this.socket.close("malformed", error.message);
    this.socket.fault(error);
  }

  async #take(message: Exclude<Up, UpOf<"ping">> | ForeignCommand): Promise<void> {
    if (!this.socket.isOpen) return;
    const here = this.#attendance;
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
    if (message.type === "chat.before") return await sendChatPage(here, message);
    if (message.type === "reaction.send") return await this.#react(here, message);
    await this.#media(here, message);
  }

  async #enter({ type: _, ...hello }: UpOf<"hello">): Promise<void> {
    using _kept = this.#reception.rooms.keep(hello.room);
    const entered = await enter(this.#reception, hello, this.#visitor);
    const { socket } = this;
    if (typeof entered === "string") return socket.close(entered);
    if (isRefusal(entered)) {
      sayRefused(socket, this.#reception.context.metrics, hello.join?.id ?? null, entered);
      return socket.close(isForNow(entered) ? "refusedForNow" : "normal");
    }
    const { visit: { open, participantId }, isWanted } = entered;
    if (!socket.isOpen) return isWanted ? this.#lose(open.room, participantId) : undefined;
    const answer = welcome(this.#reception, entered);
    const former = open.sessions.get(participantId);
    open.sessions.set(participantId, this);
    former?.replace();
    const here = new Attendance({
      socket,
      reception: this.#reception,
      visitor: this.#visitor,
      knock: { room: hello.room, link: hello.link, tab: hello.tab },
      entered,
      welcome: answer,
    });
    this.#attendance = here;
    this.#look = new LobbyLook(this.#reception.context, () => this.#lookAgain());
    this.#send(answer);
    if (hello.join !== undefined) this.#send({ type: "done", cause: hello.join.id });
    if (here.standing === "joined") here.attach(hello.since);
    if (!socket.isOpen) return;
    if (here.standing === "lobby") void this.#setAside(entered.visit);
    open.room.listen(this);
    const peer = { roomId: hello.room, peerId: participantId };
    this.#reception.fleet.listened(peer, { hadListener: former !== undefined });
  }

  /** Who was inside, by whatever socket, and stands in the lobby with a newer one, is away until they join again. */
  async #setAside(visit: Visit): Promise<void> {
    if (isIn(visit) === undefined) return;
    const { open: { room }, participantId } = visit;
    const isPresent = await isTakenOver(visit, this.#reception.context.edgeId);
    if (isPresent && this.#here?.standing === "lobby") this.#lose(room, participantId);
  }

  #lose(room: Room, participantId: ParticipantId): void {
    const { edgeId } = this.#reception.context;
    void room.submit({ type: "participant.lose", participantId, edgeId });
  }

  async #media(here: Attendance, message: PeerUp): Promise<void> {
    const { room, participantId: peerId } = here;
    const { limits, context: { metrics } } = this.#reception;
    const limited = await takePeerPoints(limits, this.#visitor, message);
    if (limited !== undefined) return sayRefused(this.socket, metrics, null, limited);
    const isBlind = message.type === "peer.open" && await this.#isKeptOut(here);
    if (here.isOver) return;
    const path = { live: this.#isServed, blind: isBlind, share: here.visit.share };
    if (message.type === "peer.open") here.isSighted = !isBlind;
    const answer = await answerPeer(this.#reception.fleet, { roomId: room.id, peerId, path }, message);
    if (message.type === "peer.open" && !path.live) {
      // Let in while the path was made.
      if (this.#isServed) here.startPeer();
      // Kept out since then.
      else if (here.isSighted && !here.maySee) return here.closePeer();
    }
    if (answer === undefined) return;
    if (isRefusal(answer)) return sayRefused(this.socket, metrics, null, answer);
    if (answer.type === "peer.closed" && message.type !== "peer.open") {
      here.losePeer(answer.retryAfterMs, answer.path);
    } else this.#send(answer);
  }

  /** Whether they must not learn who is inside: by who they are now, not by what they were when they came. */
  async #isKeptOut(here: Attendance): Promise<boolean> {
    if (here.standing === "joined") return false;
    const visit = await this.#findAgain(here);
    return visit === undefined || isKeptOut(visit);
  }

  /** Who may not know of the room any more is turned away; a media path that tells who is inside is ended for who must not learn it. */
  async #lookAgain(): Promise<void> {
    const here = this.#here;
    if (here === undefined || here.standing === "joined") return;
    const visit = await onBehalfOf(this.#visitor.address, () => this.#findAgain(here));
    if (visit !== undefined && here.isSighted && !here.maySee) here.closePeer();
  }

  /** Who somebody in front of a room is to it now; undefined: they may not know of it any more. */
  async #findAgain(here: Attendance): Promise<Visit | undefined> {
    const visit = await knockAgain(this.#reception, here.knock, this.#visitor);
    if (isRefusal(visit)) return this.#turnAway(here, visit);
    const refusal = here.standing === "waiting" ? null : await refuseNow(visit);
    if (refusal !== null) return this.#turnAway(here, refusal);
    here.visit = visit;
    return visit;
  }

  /** Unless they were let in meanwhile. */
  #turnAway(here: Attendance, refusal: Refusal): undefined {
    if (!here.isOver && here.standing !== "joined" && here.place === here.standing) here.turnAway(refusal);
  }

  /** Shows a reaction to everyone, if the person may react and has not reacted too often. Nobody answers for it. */
  async #react(here: Attendance, { reaction }: UpOf<"reaction.send">): Promise<void> {
    const { room, participantId } = here;
    const { limits, context: { clusterVersion } } = this.#reception;
    if (!isAvailable("reaction", clusterVersion())) return;
    const role = room.state.participants[participantId]?.role;
    if (role === undefined || !may("react", role, room.state.room.settings)) return;
    const limited = await limits.take("person.reaction", this.#visitor.device) ??
      await limits.take("room.reaction", room.id) ?? await takeFrames(here);
    if (limited === undefined) room.show({ type: "reaction", participantId, reaction });
  }
}

function isCommand(message: Up): message is Command {
  return Object.hasOwn(commands, message.type);
}
