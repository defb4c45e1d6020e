import {
  type CloseName,
  type Command,
  commands,
  type Down,
  type DownOf,
  type Event,
  isModerator,
  isRefusal,
  may,
  type ParticipantEvent,
  type ParticipantId,
  type PeerAnswer,
  ProtocolFault,
  type Refusal,
  type RoomState,
  type Up,
  type UpOf,
  type WaitingEvent,
  withoutModerators,
} from "@tafelrunde/protocol";
import type { PeerNotice } from "../fleet/fleet.ts";
import { updateRoom } from "../store/room_record.ts";
import type { ClientCommand } from "./decision.ts";
import { enter, type Entered, isIn, joinOf, lobbyOf, needsOf, REPUBLISH_SINCE } from "./enter.ts";
import { knock, passGate, type Reception, type Visit, type Visitor } from "./knock.ts";
import { answerPeer, type PeerUp } from "./peer_messages.ts";
import type { Reader, Told } from "./room.ts";
import type { Passenger, Socket } from "./socket.ts";
import { changeTrack } from "./track_media.ts";

/** Messages of one socket that wait for their turn at once. */
const QUEUE_LIMIT = 256;

/** Missed frames that are replayed, characters in all; for more, a snapshot is the better answer. */
const REPLAY_LIMIT = 128 * 1024;

/** In front of the room, waiting to be let in, or in it. */
type Standing = "lobby" | "waiting" | "joined";

/** What a session was before `hello` and is after it. */
type Stage =
  | { readonly name: "new" }
  | {
    readonly name: "entered";
    readonly open: Visit["open"];
    readonly participantId: ParticipantId;
    /** What they came with. */
    readonly hello: Omit<UpOf<"hello">, "type">;
    standing: Standing;
    /** The media path tells nothing of who is inside before they are. */
    isBlind: boolean;
  }
  | { readonly name: "gone" };

type EnteredStage = Extract<Stage, { name: "entered" }>;

/** One person on one socket: turns messages into commands and requests to the media node, and tells what happens. */
export class Session implements Passenger {
  readonly #socket: Socket;
  readonly #reception: Reception;
  readonly #visitor: Visitor;
  readonly #ended = new AbortController();
  #stage: Stage = { name: "new" };
  #queue: Promise<void> = Promise.resolve();
  #queued = 0;

  constructor(socket: Socket, reception: Reception, visitor: Visitor) {
    this.#socket = socket;
    this.#reception = reception;
    this.#visitor = visitor;
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Messages are taken one after another: what a message needs from the media node is there before the next is looked at. */
  receive(message: Up): void {
    if (message.type === "ping") return this.#send({ type: "pong", n: message.n });
    if (this.#queued >= QUEUE_LIMIT) return this.receiveTooFrequent(message, 1_000);
    this.#queued++;
    this.#queue = this.#queue.then(() => this.#take(message)).catch((error) => this.#fail(error)).finally(
      () => this.#queued--,
    );
  }

  receiveTooFrequent(message: Up, retryAfterMs: number): void {
    this.#refuse(isCommand(message) ? message.id : null, { refused: "message.tooFrequent", retryAfterMs });
  }

  gone(): void {
    const stage = this.#stage;
    this.#stage = { name: "gone" };
    this.#ended.abort();
    if (stage.name !== "entered") return;
    const { open, participantId, standing } = stage;
    if (open.sessions.get(participantId) !== this) return;
    open.sessions.delete(participantId);
    const { context, fleet } = this.#reception;
    if (standing !== "lobby") {
      void open.room.submit({ type: "participant.lose", participantId, edgeId: context.edgeId });
    } else fleet.closePeer({ roomId: open.room.id, peerId: participantId });
  }

  /** The same person came through a newer socket, which carries on with everything. */
  replace(): void {
    this.#stage = { name: "gone" };
    this.#ended.abort();
    this.#socket.close("replaced");
  }

  end(): void {
    this.#socket.close("roomUnknown");
  }

  fault(): void {
    this.#socket.close("internal");
  }

  /** The media node says something that concerns this person. */
  notice(notice: PeerNotice): void {
    switch (notice.type) {
      case "consumers.opened":
        // Who has to wait must not learn who is inside, whatever was prepared before.
        if (this.#stage.name === "entered" && this.#stage.standing === "waiting") return;
        return this.#send({ type: "consumers.opened", consumers: notice.consumers });
      case "consumers.closed":
        return this.#send({ type: "consumers.closed", trackIds: notice.trackIds });
      case "track.demand":
        return this.#send({ type: "track.demand", trackId: notice.trackId, layer: notice.layer });
      default:
        notice satisfies never;
    }
  }

  /** The media is on another node from now on. False: the client cannot be told. */
  movePeer(answer: PeerAnswer): boolean {
    if (this.#stage.name !== "entered" || this.#stage.hello.version < REPUBLISH_SINCE) return false;
    this.#send({ type: "peer.moved", answer });
    return true;
  }

  /** The media path is gone; the client may ask for a new one after `retryAfterMs`. */
  losePeer(retryAfterMs: number): void {
    const stage = this.#stage;
    if (stage.name !== "entered") return;
    this.#send({ type: "peer.closed", retryAfterMs });
    void this.#dropTracks(stage);
  }

  /** Some of the room's media does not reach the person's node, or all does again. */
  interruptMedia(isInterrupted: boolean): void {
    if (this.#stage.name !== "entered" || this.#stage.hello.version < REPUBLISH_SINCE) return;
    this.#send({ type: "media.interrupted", isInterrupted });
  }

  /** Something happened in the room. */
  tell({ event, frame, skipped, version }: Told, before: RoomState): void {
    const stage = this.#stage;
    if (stage.name !== "entered") return;
    if (stage.standing !== "joined") return this.#tellOutside(stage, event);
    // A client that does not know of such things gets the room as it is after them.
    if (version > stage.hello.version) this.caughtUp();
    else this.#socket.broadcast(skipped === null || this.#isModerator(stage) ? frame : skipped);
    switch (event.type) {
      case "participant.joined":
      case "participant.away":
      case "participant.returned":
      case "participant.left":
        if (event.participantId === stage.participantId) this.#tellPresence(stage, event);
        return;
      case "role.changed": {
        const wasModerator = isModerator(before.participants[stage.participantId]?.role ?? "viewer");
        if (wasModerator !== this.#isModerator(stage)) this.caughtUp();
        return;
      }
      case "room.ended":
        return this.#dismiss(stage, "ended");
    }
  }

  tellMoment(frame: string): void {
    if (this.#stage.name === "entered" && this.#stage.hello.version >= 3) this.sendFrame(frame);
  }

  /** What the room holds of this person's own presence. */
  #tellPresence(stage: EnteredStage, event: ParticipantEvent): void {
    switch (event.type) {
      case "participant.joined":
      case "participant.renamed":
        return;
      case "participant.returned":
        return this.#tellReturned(event);
      case "participant.left":
        // Presumed lost while the socket lived on: coming back sorts it out.
        if (event.reason === "lost") this.#socket.close("silent");
        else if (event.reason !== "left") this.#dismiss(stage, "removed");
        return;
      case "participant.away":
        return this.#resume(stage);
      default:
        event satisfies never;
    }
  }

  /** What happens in the room, to somebody who is not in it. */
  #tellOutside(stage: EnteredStage, event: Event): void {
    const isAboutMe = "participantId" in event && event.participantId === stage.participantId;
    switch (event.type) {
      case "participant.joined":
        if (isAboutMe && stage.standing === "waiting") return this.#admitted(stage);
        return this.#tellLobby(stage);
      case "participant.away":
      case "participant.returned":
      case "participant.left":
      case "room.changed":
        return this.#tellLobby(stage);
      case "room.ended":
        if (stage.standing === "waiting") return this.#dismiss(stage, "ended");
        return this.#tellLobby(stage);
      case "waiting.entered":
      case "waiting.away":
      case "waiting.returned":
      case "waiting.left":
        if (isAboutMe && stage.standing === "waiting") this.#tellWaiting(stage, event);
    }
  }

  /** What the waiting list holds of this person. */
  #tellWaiting(stage: EnteredStage, event: WaitingEvent): void {
    switch (event.type) {
      case "waiting.entered":
        return;
      case "waiting.returned":
        return this.#tellReturned(event);
      case "waiting.left":
        if (event.reason === "lost") return this.#socket.close("silent");
        if (event.reason === "left") return;
        this.#send({ type: "declined", text: event.text ?? "" });
        return this.#dismiss(stage, "declined");
      case "waiting.away":
        return this.#resume(stage);
      default:
        event satisfies never;
    }
  }

  /** Presumed away while the socket lives. */
  #resume({ open: { room }, participantId }: EnteredStage): void {
    void room.submit({ type: "participant.resume", participantId });
  }

  #tellLobby({ open: { room } }: EnteredStage): void {
    this.#send({ type: "lobby", lobby: lobbyOf(room.state) });
  }

  #tellReturned({ edgeId }: { readonly edgeId: string }): void {
    if (edgeId === this.#reception.context.edgeId || this.#stage.name !== "entered") return;
    const { open, participantId } = this.#stage;
    open.sessions.delete(participantId);
    this.replace();
  }

  /** A moderator, or a change of the rules, has let them in. */
  #admitted(stage: EnteredStage): void {
    stage.standing = "joined";
    this.#startPeer(stage);
    this.#attach(stage, undefined);
  }

  /** They have to go, and their media with them. */
  #dismiss(stage: EnteredStage, why: CloseName): void {
    stage.open.sessions.delete(stage.participantId);
    this.#stage = { name: "gone" };
    this.#ended.abort();
    this.#endPeer(stage);
    // To version 2, what it does not know means "come back".
    this.#socket.close(stage.hello.version < 3 ? "normal" : why);
  }

  #isModerator({ open: { room }, participantId }: EnteredStage): boolean {
    return isModerator(room.state.participants[participantId]?.role ?? "viewer");
  }

  #startPeer({ open: { room }, participantId }: EnteredStage): void {
    this.#reception.fleet.startPeer({ roomId: room.id, peerId: participantId });
  }

  #endPeer({ open: { room }, participantId }: EnteredStage): void {
    this.#reception.fleet.closePeer({ roomId: room.id, peerId: participantId });
  }

  /** Sends a frame that was serialised once for many, to those who have joined. What is not an event may be lost. */
  sendFrame(frame: string): void {
    if (this.#stage.name === "entered" && this.#stage.standing === "joined") this.#socket.broadcast(frame);
  }

  /** The reader was too slow for the events of a while: the state as it is now stands for all of them. */
  caughtUp(): void {
    const stage = this.#stage;
    if (stage.name !== "entered" || stage.standing !== "joined") return;
    this.#reception.context.metrics.caughtUp.inc();
    this.#sendSnapshot(stage);
  }

  /** This edge will end: sends the client elsewhere. False: it is in no room. */
  move(withinMs: number): boolean {
    if (this.#stage.name !== "entered") return false;
    this.#send({ type: "moving", withinMs });
    return true;
  }

  /** Resolves when what the client has asked is done. */
  async settled(): Promise<void> {
    await this.#queue;
    if (this.#stage.name === "entered") await this.#stage.open.room.settled();
  }

  #send(message: Down): void {
    this.#socket.send(JSON.stringify(message));
  }

  #fail(error: unknown): void {
    if (error instanceof ProtocolFault) return this.#socket.close("malformed", error.message);
    this.#reception.context.log.error("session.fault", { error });
    this.#socket.close("internal");
  }

  async #take(message: Exclude<Up, UpOf<"ping">>): Promise<void> {
    const stage = this.#stage;
    if (stage.name === "gone") return;
    if (message.type === "hello") {
      if (stage.name !== "new") throw new ProtocolFault("hello: a second one");
      return await this.#enter(message);
    }
    if (stage.name === "new") throw new ProtocolFault(`${message.type}: before hello`);
    if (isCommand(message)) return await this.#command(stage, message);
    if (message.type === "reaction.send") return await this.#react(stage, message);
    await this.#media(stage, message);
  }

  async #enter({ type: _, ...hello }: UpOf<"hello">): Promise<void> {
    const entered = await enter(this.#reception, hello, this.#visitor);
    if (typeof entered === "string") return this.#socket.close(entered);
    if (isRefusal(entered)) return this.#refuse(hello.join?.id ?? null, entered, "normal");
    const { visit: { open, participantId }, welcome, isBlind } = entered;
    if (!this.#socket.isOpen) return this.#loseEntered(entered);
    open.sessions.get(participantId)?.replace();
    open.sessions.set(participantId, this);
    const standing = welcome.joined ? "joined" : welcome.waiting ? "waiting" : "lobby";
    const stage: EnteredStage = { name: "entered", open, participantId, hello, standing, isBlind };
    this.#stage = stage;
    this.#send(welcome);
    if (hello.join !== undefined) this.#send({ type: "done", cause: hello.join.id });
    if (standing === "joined") this.#attach(stage, hello.since);
    open.room.listen(this, this.#ended.signal);
  }

  /** They were gone before they were in. */
  #loseEntered({ visit: { open: { room }, participantId }, welcome }: Entered): void {
    const { edgeId } = this.#reception.context;
    if (welcome.joined || welcome.waiting) {
      void room.submit({ type: "participant.lose", participantId, edgeId });
    }
  }

  /** Brings a joined client to the room's present: the frames that it missed, or a snapshot where they are not at hand. */
  #attach(stage: EnteredStage, since: number | undefined): void {
    const { open: { room }, participantId, hello: { version } } = stage;
    const reader: Reader = { participantId, version, isModerator: this.#isModerator(stage) };
    const frames = since === undefined ? undefined : room.framesSince(since, reader);
    const isSmall = (frames ?? []).reduce((sum, frame) => sum + frame.length, 0) <= REPLAY_LIMIT;
    if (frames === undefined || !isSmall) this.#sendSnapshot(stage);
    else for (const frame of frames) this.#socket.send(frame);
  }

  #sendSnapshot(stage: EnteredStage): void {
    const { state } = stage.open.room;
    this.#send({
      type: "snapshot",
      state: { ...this.#isModerator(stage) ? state : withoutModerators(state) },
    });
  }

  async #command(stage: EnteredStage, message: Command): Promise<void> {
    const { room } = stage.open;
    const { id, ...command } = message;
    const { limits, fleet, context: { db } } = this.#reception;
    const limited = await limits.take("person.command", this.#visitor.device) ??
      await limits.take("room.command", room.id);
    if (limited !== undefined) {
      return this.#refuse(id, limited);
    }
    const submit = (asked: ClientCommand) =>
      room.submit(asked, stage.participantId, id).then((outcome) => {
        if (isRefusal(outcome)) this.#refuse(id, outcome);
        else if (outcome === "done") this.#send({ type: "done", cause: id });
        return outcome;
      });
    switch (command.type) {
      case "participant.join":
        return await this.#join(stage, message as UpOf<"participant.join">);
      case "participant.leave": {
        const isWaiting = stage.standing === "waiting";
        const outcome = await submit(command);
        if (isRefusal(outcome)) return;
        // Who waits is told of no event that would say so.
        if (isWaiting && outcome !== "done") this.#send({ type: "done", cause: id });
        return this.#leave(stage);
      }
      case "room.change":
        // The row first: it is the truth at rest. What stands in the way is told by the room itself.
        if (!isRefusal(room.preview(command, stage.participantId))) {
          await updateRoom(db, room.id, undefined, command);
        }
        return void await submit(command);
      case "hand.raise":
      case "hand.lower":
      case "chat.post":
      case "participant.rename":
      case "participant.remove":
      case "role.set":
      case "waiting.admit":
      case "waiting.decline":
      case "track.stop":
      case "track.muteAll":
      case "room.end":
        // Not awaited: commands that arrive together are stored together.
        void submit(command);
        return;
      case "track.publish":
      case "track.mute":
      case "track.unpublish": {
        const media = { fleet, room, participantId: stage.participantId };
        const refusal = await changeTrack(media, command, submit);
        return refusal === null ? undefined : this.#refuse(id, refusal);
      }
      default:
        command satisfies never;
    }
  }

  async #join(stage: EnteredStage, { id, name, password }: UpOf<"participant.join">): Promise<void> {
    const { open: { room }, participantId, hello } = stage;
    const { edgeId } = this.#reception.context;
    // As it is now: a link may have been revoked since hello.
    const visit = await knock(this.#reception, hello, this.#visitor);
    if (isRefusal(visit)) return this.#refuse(id, visit);
    const stopped = await passGate(this.#reception, visit, password, this.#visitor);
    if (stopped !== null) return this.#refuse(id, stopped);
    const join = joinOf(visit, name);
    // The first picture waits for neither the commit nor this socket: consumers start as soon as nothing speaks against it.
    const isWelcome = !isRefusal(room.preview(join, participantId)) && !needsOf(visit).admission;
    if (isWelcome) this.#startPeer(stage);
    const outcome = await room.submit(join, participantId, id);
    if (isRefusal(outcome)) {
      if (isWelcome && stage.standing === "lobby") this.#closePeer(stage);
      return this.#refuse(id, outcome);
    }
    if (this.#stage !== stage) return void room.submit({ type: "participant.lose", participantId, edgeId });
    if (isIn(visit) === "waiting") return this.#wait(stage, id, isWelcome);
    if (!isWelcome) this.#startPeer(stage);
    if (stage.standing !== "joined") {
      stage.standing = "joined";
      this.#attach(stage, undefined);
    }
    this.#send({ type: "done", cause: id });
  }

  /** They have to wait. A media path that knows who is inside is not for them. */
  #wait(stage: EnteredStage, cause: Command["id"], isStarted: boolean): void {
    // Version 2 cannot wait; the page of this version can.
    if (stage.hello.version < 3) return this.#socket.close("version");
    stage.standing = "waiting";
    if (!stage.isBlind || isStarted) this.#closePeer(stage);
    this.#send({ type: "waiting" });
    this.#send({ type: "done", cause });
  }

  #closePeer(stage: EnteredStage): void {
    this.#endPeer(stage);
    this.losePeer(0);
  }

  #leave(stage: EnteredStage): void {
    stage.open.sessions.delete(stage.participantId);
    this.#endPeer(stage);
    this.#socket.close("normal");
  }

  async #media(stage: EnteredStage, message: PeerUp): Promise<void> {
    const { fleet } = this.#reception;
    const { open: { room }, participantId: peerId, standing } = stage;
    const path = { live: standing === "joined", blind: standing === "waiting" || stage.isBlind };
    const answer = await answerPeer(fleet, { roomId: room.id, peerId, path }, message);
    if (message.type === "peer.open") {
      stage.isBlind = path.blind;
      if (path.live) await this.#dropTracks(stage);
      // Let in while the path was made.
      else if (this.#stage === stage && stage.standing === "joined") this.#startPeer(stage);
    }
    if (answer === undefined) return;
    if (answer.type === "peer.closed" && message.type !== "peer.open") this.losePeer(answer.retryAfterMs);
    else this.#send(answer);
  }

  /** Shows a reaction to everyone, if the person may react and has not reacted too often. Nobody answers for it. */
  async #react({ open: { room }, participantId }: EnteredStage, { reaction }: UpOf<"reaction.send">) {
    const { limits } = this.#reception;
    const role = room.state.participants[participantId]?.role;
    if (role === undefined || !may("react", role, room.state.room.settings)) return;
    const limited = await limits.take("person.reaction", this.#visitor.device) ??
      await limits.take("room.reaction", room.id);
    if (limited === undefined) room.show({ type: "reaction", participantId, reaction });
  }

  /** The tracks of someone whose client publishes anew, under other ids, when the media path is another. */
  async #dropTracks({ open, participantId, hello, standing }: EnteredStage): Promise<void> {
    if (standing === "joined" && hello.version < REPUBLISH_SINCE) {
      await open.room.submit({ type: "track.dropAll", participantId });
    }
  }

  #refuse(cause: Command["id"] | null, refusal: Refusal, close?: "normal"): void {
    const { refused: code, ...rest } = refusal;
    this.#reception.context.metrics.refused.inc({ code });
    this.#send({ type: "refused", cause, code, ...rest } satisfies DownOf<"refused">);
    if (close !== undefined) this.#socket.close(close);
  }
}

function isCommand(message: Up): message is Command {
  return Object.hasOwn(commands, message.type);
}
