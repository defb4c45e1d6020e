import {
  type CloseName,
  type CommandId,
  type Down,
  type DownOf,
  isForNow,
  isModerator,
  type ParticipantId,
  PROTOCOL_VERSION,
  type Refusal,
  type RoomState,
} from "@tafelrunde/protocol";
import { type Entered, isKeptOut } from "./enter.ts";
import type { Knock, Reception, Visit, Visitor } from "./knock.ts";
import { placeIn, type Standing } from "./place.ts";
import type { Reader, Room } from "./room.ts";
import { say, sayRefused } from "./say.ts";
import { lobbyFrame, snapshotFrame } from "./snapshot.ts";
import type { Socket } from "./socket.ts";

/** Missed frames that are replayed, characters in all; for more, a snapshot is the better answer. */
const REPLAY_LIMIT = 128 * 1024;

/** What a session knows about who has come. */
export interface Arrival {
  readonly socket: Socket;
  readonly reception: Reception;
  readonly visitor: Visitor;
  readonly knock: Knock;
  readonly entered: Entered;
  /** What they were answered. */
  readonly welcome: DownOf<"welcome">;
}

/** One person at a room from `hello` to the end of their session: where they stand, what they are sent, their media path. */
export class Attendance {
  readonly socket: Socket;
  readonly reception: Reception;
  readonly visitor: Visitor;
  readonly open: Visit["open"];
  readonly participantId: ParticipantId;
  readonly knock: Knock;
  /** Their client is of a newer release than this edge. */
  readonly isAhead: boolean;
  standing: Standing;
  /** As they were known last. */
  visit: Visit;
  /** They have a media path that tells who is inside. */
  isSighted: boolean;

  constructor({ socket, reception, visitor, knock, entered, welcome }: Arrival) {
    const { visit, visit: { open, participantId }, isSighted } = entered;
    this.socket = socket;
    this.reception = reception;
    this.visitor = visitor;
    this.open = open;
    this.participantId = participantId;
    this.knock = knock;
    this.isAhead = entered.hello.version > PROTOCOL_VERSION;
    this.standing = welcome.joined ? "joined" : welcome.waiting ? "waiting" : "lobby";
    this.visit = visit;
    this.isSighted = isSighted;
  }

  get room(): Room {
    return this.open.room;
  }

  get isOver(): boolean {
    return !this.socket.isOpen;
  }

  /** Where the room's state has this person, as far as this edge serves them. */
  get place(): Standing {
    return placeIn(this.room.state, this.participantId, this.reception.context.edgeId);
  }

  /** Whether they may learn from their media path who is inside. */
  get maySee(): boolean {
    if (this.standing === "joined") return this.isServed(this.room.state);
    return this.isSighted && !isKeptOut(this.visit);
  }

  get isModerator(): boolean {
    return isModerator(this.room.state.participants[this.participantId]?.role ?? "viewer");
  }

  send(message: Down): void {
    say(this.socket, message);
  }

  refuse(cause: CommandId, refusal: Refusal): void {
    sayRefused(this.socket, this.reception.context.metrics, cause, refusal);
  }

  /**
   * Whether what happens in the room is for them: they count as joined, and `state` has them. Who counts as joined without being in it
   * is ended and counted: that must not be.
   */
  isServed(state: RoomState): boolean {
    const { participantId, room, reception: { context: { edgeId, log, metrics } } } = this;
    if (this.standing !== "joined") return false;
    if (placeIn(state, participantId, edgeId) === "joined") return true;
    if (placeIn(room.state, participantId, edgeId) === "joined") return true;
    metrics.unseenPeers.inc();
    log.error("session.unseen");
    this.dismiss("internal");
    return false;
  }

  /** Brings a joined client to the room's present: the frames that it missed, or a snapshot where they are not at hand. */
  attach(since: number | undefined): void {
    if (!this.isServed(this.room.state)) return;
    const { participantId, isModerator } = this;
    const reader: Reader = { participantId, isModerator };
    const frames = since === undefined ? undefined : this.room.framesSince(since, reader);
    const isSmall = (frames ?? []).reduce((sum, frame) => sum + frame.length, 0) <= REPLAY_LIMIT;
    if (frames === undefined || !isSmall) this.#sendSnapshot();
    else for (const frame of frames) this.socket.send(frame);
  }

  /** Tells them what who has not joined may know of the room, as it is when the message goes. */
  tellLobby(): void {
    const { room } = this;
    this.socket.broadcastNewest("lobby", () => lobbyFrame(room.state), room.lobby);
  }

  /** Not all has reached them: the state as it is now stands for it. */
  catchUp(): void {
    if (this.standing !== "joined") {
      this.tellLobby();
      return this.room.lobby.go("");
    }
    if (!this.isServed(this.room.state)) return;
    this.reception.context.metrics.caughtUp.inc();
    this.#sendSnapshot();
  }

  /** The room's media reaches them from now on. */
  startPeer(): void {
    this.reception.fleet.startPeer({ roomId: this.room.id, peerId: this.participantId });
  }

  /** Ends their media path; the client hears of it and may ask for another. */
  closePeer(): void {
    this.endPeer();
    this.losePeer(0);
  }

  /** Ends their media path, for who has no use for another. */
  endPeer(): void {
    this.isSighted = false;
    this.reception.fleet.closePeer({ roomId: this.room.id, peerId: this.participantId });
  }

  /** Their media path is gone, or `path` if they have no other; the client may ask for a new one after `retryAfterMs`. */
  losePeer(retryAfterMs: number, path?: string): void {
    if (this.isOver) return;
    this.send({ type: "peer.closed", retryAfterMs, ...path !== undefined && { path } });
  }

  /** They have left. */
  leave(): void {
    this.open.sessions.delete(this.participantId);
    this.endPeer();
    this.socket.close("normal");
  }

  /** They have to go, and their media with them. */
  dismiss(why: CloseName): void {
    this.open.sessions.delete(this.participantId);
    this.endPeer();
    this.socket.forgetNewest();
    this.socket.close(why);
  }

  /** They may not know of the room any more: they are told why, as if they came now. */
  turnAway(refusal: Refusal): void {
    const { room, participantId, standing, socket, reception: { context: { metrics } } } = this;
    socket.forgetNewest();
    if (refusal.refused === "room.unknown") this.dismiss("roomUnknown");
    else {
      sayRefused(socket, metrics, null, refusal);
      this.dismiss(isForNow(refusal) ? "refusedForNow" : "normal");
    }
    if (standing === "waiting") void room.submit({ type: "participant.leave" }, participantId);
  }

  /** The account that they came with is not signed in any more: who comes back is somebody else. */
  signOut(): void {
    const { room, participantId, standing } = this;
    this.dismiss("signedOut");
    if (standing !== "lobby") void room.submit({ type: "participant.leave" }, participantId);
  }

  /** The same person came through another edge, which carries on with everything. */
  moveAway(): void {
    this.open.sessions.delete(this.participantId);
    this.socket.close("replaced");
  }

  #sendSnapshot(): void {
    this.socket.send(snapshotFrame(this.room.state, this.isModerator));
  }
}
