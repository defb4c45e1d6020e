import type { RoomServices } from "../context.ts";
import {
  type CloseName,
  type CommandId,
  type Down,
  type DownOf,
  isForNow,
  moderates,
  type ParticipantId,
  type PersonId,
  PROTOCOL_VERSION,
  type Reader,
  type Refusal,
  type RoomState,
  type SpaceId,
  spaceOf,
} from "@tafelrunde/protocol";
import { type Entered, isKeptOut } from "./admission/enter.ts";
import type { Admission, AdmissionRequest, Client } from "./admission/authorize.ts";
import { placeIn, type Standing } from "./place.ts";
import type { Room } from "./room.ts";
import { send, sendRefusal } from "./send.ts";
import { lobbyFrame, slicesFrame, snapshotFrame } from "./snapshot.ts";
import type { Socket } from "./socket.ts";

/** Largest replay of missed frames, in characters; beyond this, send a snapshot. */
const REPLAY_LIMIT = 128 * 1024;

/** What a session needs to start after a `hello`. */
export interface Arrival {
  readonly socket: Socket;
  readonly services: RoomServices;
  readonly client: Client;
  readonly request: AdmissionRequest;
  readonly entered: Entered;
  /** The answer that was sent to the client. */
  readonly welcome: DownOf<"welcome">;
}

/**
 * One client's session at a room, from `hello` to its end: its standing, the frames sent to it, and its media
 * transport.
 */
export class RoomClient implements Reader {
  readonly socket: Socket;
  readonly services: RoomServices;
  readonly client: Client;
  readonly open: Admission["open"];
  readonly participantId: ParticipantId;
  readonly request: AdmissionRequest;
  /** The client is of a newer release than this edge. */
  readonly isAhead: boolean;
  standing: Standing;
  /** The visit as last looked up. */
  admission: Admission;
  /** The client has a media transport that reveals who is in the room. */
  isSighted: boolean;
  /** The participants of the latest state in which the client was found. */
  #foundIn: RoomState["participants"] | undefined;

  constructor({ socket, services, client, request, entered, welcome }: Arrival) {
    const { admission, admission: { open, participantId }, isSighted } = entered;
    this.socket = socket;
    this.services = services;
    this.client = client;
    this.open = open;
    this.participantId = participantId;
    this.request = request;
    this.isAhead = entered.hello.version > PROTOCOL_VERSION;
    this.standing = welcome.joined ? "joined" : welcome.waiting ? "waiting" : "lobby";
    this.admission = admission;
    this.isSighted = isSighted;
  }

  get room(): Room {
    return this.open.room;
  }

  get isOver(): boolean {
    return !this.socket.isOpen;
  }

  /** The client's standing in the room's state, if this edge serves it; otherwise `lobby`. */
  get place(): Standing {
    return placeIn(this.room.state, this.participantId, this.services.edgeId);
  }

  /** Whether this client's media transport may reveal who is in the room. */
  get maySee(): boolean {
    if (this.standing === "joined") return this.isServed(this.room.state);
    return this.isSighted && !isKeptOut(this.admission);
  }

  get person(): PersonId {
    return this.admission.entrant.persons[0]!;
  }

  get moderates(): boolean {
    return moderates(this.room.state.participants[this.participantId]?.role ?? "viewer");
  }

  get space(): SpaceId | null {
    return spaceOf(this.room.state.participants, this.participantId);
  }

  send(message: Down): void {
    send(this.socket, message);
  }

  refuse(cause: CommandId, refusal: Refusal): void {
    sendRefusal(this.socket, this.services.metrics, cause, refusal);
  }

  /**
   * Whether the client gets the room's events: it counts as joined, and `state` or the current state has it.
   * A client that counts as joined without being in the room is a bug: it is counted, logged and
   * disconnected.
   */
  isServed(state: RoomState): boolean {
    if (this.standing !== "joined") return false;
    if (state.participants === this.#foundIn) return true;
    const { participantId, room, services: { edgeId, log, metrics } } = this;
    if (placeIn(state, participantId, edgeId) === "joined") {
      this.#foundIn = state.participants;
      return true;
    }
    if (placeIn(room.state, participantId, edgeId) === "joined") return true;
    metrics.unseenPeers.inc();
    log.error("session.unseen");
    this.dismiss("internal");
    return false;
  }

  /**
   * Brings a joined client up to date: with the frames it missed, or with a snapshot if they are not
   * available.
   */
  attach(since: number | undefined): void {
    if (!this.isServed(this.room.state)) return;
    const frames = since === undefined ? undefined : this.room.framesSince(since, this);
    const isSmall = (frames ?? []).reduce((sum, frame) => sum + frame.length, 0) <= REPLAY_LIMIT;
    if (frames === undefined || !isSmall) this.#sendSnapshot();
    else for (const frame of frames) this.socket.send(frame);
  }

  /** Sends what clients outside the room may know about it; the frame is built when it is sent. */
  sendLobby(): void {
    const { room } = this;
    this.socket.broadcastNewest("lobby", () => lobbyFrame(room.state), room.lobby);
  }

  /** Some frames did not reach the client: sends the current state instead. */
  catchUp(): void {
    if (this.standing !== "joined") {
      this.sendLobby();
      return this.room.lobby.go("");
    }
    if (!this.isServed(this.room.state)) return;
    this.services.metrics.caughtUp.inc();
    this.#sendSnapshot();
  }

  /** The client has moved to another space: sends what it sees there. */
  sendSlices(): void {
    if (this.isServed(this.room.state)) {
      this.socket.broadcast(slicesFrame(this.room.state, this), this.room.people);
    }
  }

  /** Starts the room's media for this client. */
  startPeer(): void {
    this.services.fleet.startPeer({ roomId: this.room.id, peerId: this.participantId });
  }

  /** Closes the media transport; the client is notified and may ask for a new one. */
  closePeer(): void {
    this.endPeer();
    this.losePeer(0);
  }

  /** Closes the media transport without telling the client. */
  endPeer(): void {
    this.isSighted = false;
    this.services.fleet.closePeer({ roomId: this.room.id, peerId: this.participantId });
  }

  /**
   * Tells the client that its media transport is gone, or that `path` is, if the client still has another. It
   * may ask for a new one after `retryAfterMs`.
   */
  losePeer(retryAfterMs: number, path?: string): void {
    if (this.isOver) return;
    this.send({ type: "peer.closed", retryAfterMs, ...path !== undefined && { path } });
  }

  /** The participant has left. */
  leave(): void {
    this.open.sessions.delete(this.participantId);
    this.endPeer();
    this.socket.close("normal");
  }

  /** Ends the session and its media, and closes the socket. */
  dismiss(why: CloseName): void {
    this.open.sessions.delete(this.participantId);
    this.endPeer();
    this.socket.forgetNewest();
    this.socket.close(why);
  }

  /** The client may not know about the room anymore: sends it the refusal that a new client would get. */
  turnAway(refusal: Refusal): void {
    const { room, participantId, standing, socket, services: { metrics } } = this;
    socket.forgetNewest();
    if (refusal.refused === "room.unknown") this.dismiss("roomUnknown");
    else {
      sendRefusal(socket, metrics, null, refusal);
      this.dismiss(isForNow(refusal) ? "refusedForNow" : "normal");
    }
    if (standing === "waiting") void room.submit({ type: "participant.leave" }, participantId);
  }

  /** The account is not signed in anymore; a client that reconnects is somebody else. */
  signOut(): void {
    const { room, participantId, standing } = this;
    this.dismiss("signedOut");
    if (standing !== "lobby") void room.submit({ type: "participant.leave" }, participantId);
  }

  /** The participant came back through another edge, which takes over. */
  moveAway(): void {
    this.open.sessions.delete(this.participantId);
    this.socket.close("replaced");
  }

  #sendSnapshot(): void {
    this.socket.send(snapshotFrame(this.room.state, this));
  }
}
