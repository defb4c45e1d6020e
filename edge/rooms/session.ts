import {
  type Command,
  commands,
  type Down,
  type DownOf,
  type Event,
  isRefusal,
  type ParticipantEvent,
  type ParticipantId,
  type PeerAnswer,
  ProtocolFault,
  type Refusal,
  type RoomId,
  type Up,
  type UpOf,
} from "@tafelrunde/protocol";
import type { PeerNotice } from "../fleet/fleet.ts";
import { enter, lobbyOf, type Reception, REPUBLISH_SINCE, type Visitor } from "./enter.ts";
import type { OpenRoom } from "./rooms.ts";
import type { Passenger, Socket } from "./socket.ts";
import type { ClientCommand } from "./decision.ts";
import type { Outcome } from "./room.ts";
import { closeTrack, muteTrack, publishTrack, type TrackMedia } from "./track_media.ts";

/** Messages of one socket that wait for their turn at once. */
const QUEUE_LIMIT = 256;

/** Missed frames that are replayed, characters in all; for more, a snapshot is the better answer. */
const REPLAY_LIMIT = 128 * 1024;

/** What a session was before `hello` and is after it. */
type Stage =
  | { readonly name: "new" }
  | {
    readonly name: "entered";
    readonly open: OpenRoom<Session>;
    readonly participantId: ParticipantId;
    /** Protocol version of the client. */
    readonly version: number;
    joined: boolean;
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
    const { open, participantId, joined } = stage;
    if (open.sessions.get(participantId) !== this) return;
    open.sessions.delete(participantId);
    const { context, fleet } = this.#reception;
    if (joined) void open.room.submit({ type: "participant.lose", participantId, edgeId: context.edgeId });
    else fleet.closePeer({ roomId: open.room.id, peerId: participantId });
  }

  /** The same person came through a newer socket, which carries on with everything. */
  replace(): void {
    this.#stage = { name: "gone" };
    this.#ended.abort();
    this.#socket.close("replaced");
  }

  fault(): void {
    this.#socket.close("internal");
  }

  /** The media node says something that concerns this person. */
  notice(notice: PeerNotice): void {
    switch (notice.type) {
      case "consumers.opened":
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
    if (this.#stage.name !== "entered" || this.#stage.version < REPUBLISH_SINCE) return false;
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
    if (this.#stage.name !== "entered" || this.#stage.version < REPUBLISH_SINCE) return;
    this.#send({ type: "media.interrupted", isInterrupted });
  }

  /** Something happened in the room. */
  tell(event: Event, frame: string): void {
    const stage = this.#stage;
    if (stage.name !== "entered") return;
    if (stage.joined) this.#socket.broadcast(frame);
    switch (event.type) {
      case "participant.joined":
      case "participant.away":
      case "participant.returned":
      case "participant.left":
        if (!stage.joined) this.#send({ type: "lobby", lobby: lobbyOf(stage.open.room.state) });
        else if (event.participantId === stage.participantId) this.#tellPresence(stage, event);
    }
  }

  /** What the room holds of this person's own presence. */
  #tellPresence({ open, participantId }: EnteredStage, event: ParticipantEvent): void {
    switch (event.type) {
      case "participant.joined":
        return;
      case "participant.returned":
        if (event.edgeId === this.#reception.context.edgeId) return;
        open.sessions.delete(participantId);
        return this.replace();
      case "participant.left":
        // Presumed lost while the socket lived on: coming back sorts it out.
        if (event.reason === "lost") this.#socket.close("silent");
        return;
      case "participant.away":
        return void open.room.submit({ type: "participant.resume", participantId });
      default:
        event satisfies never;
    }
  }

  /** Sends a frame that was serialised once for many, to those who have joined. What is not an event may be lost. */
  sendFrame(frame: string): void {
    if (this.#stage.name === "entered" && this.#stage.joined) this.#socket.broadcast(frame);
  }

  /** The reader was too slow for the events of a while: the state as it is now stands for all of them. */
  caughtUp(): void {
    const stage = this.#stage;
    if (stage.name !== "entered" || !stage.joined) return;
    this.#reception.context.metrics.caughtUp.inc();
    this.#send({ type: "snapshot", state: { ...stage.open.room.state } });
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
    await this.#media(stage, message);
  }

  async #enter({ type: _, ...hello }: UpOf<"hello">): Promise<void> {
    const entered = await enter(this.#reception, hello, this.#visitor);
    if (typeof entered === "string") return this.#socket.close(entered);
    if (isRefusal(entered)) return this.#refuse(hello.join?.id ?? null, entered, "normal");
    const { open, participantId, welcome } = entered;
    if (!this.#socket.isOpen) {
      if (welcome.joined) {
        void open.room.submit({
          type: "participant.lose",
          participantId,
          edgeId: this.#reception.context.edgeId,
        });
      }
      return;
    }
    open.sessions.get(participantId)?.replace();
    open.sessions.set(participantId, this);
    const { version, joined } = welcome;
    const stage: EnteredStage = { name: "entered", open, participantId, version, joined };
    this.#stage = stage;
    this.#send(welcome);
    if (hello.join !== undefined) this.#send({ type: "done", cause: hello.join.id });
    if (stage.joined) this.#attach(stage, hello.since);
    open.room.listen(this, this.#ended.signal);
  }

  /** Brings a joined client to the room's present: the frames that it missed, or a snapshot where they are not at hand. */
  #attach({ open: { room } }: EnteredStage, since: number | undefined): void {
    const frames = since === undefined ? undefined : room.framesSince(since);
    const isSmall = (frames ?? []).reduce((sum, frame) => sum + frame.length, 0) <= REPLAY_LIMIT;
    if (frames === undefined || !isSmall) this.#send({ type: "snapshot", state: { ...room.state } });
    else for (const frame of frames) this.#socket.send(frame);
  }

  async #command(stage: EnteredStage, message: Command): Promise<void> {
    const { room } = stage.open;
    const { id, ...command } = message;
    const { limits } = this.#reception;
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
        const outcome = await submit(command);
        if (!isRefusal(outcome)) this.#leave(stage);
        return;
      }
      case "hand.raise":
      case "chat.post":
        // Not awaited: commands that arrive together are stored together.
        void submit(command);
        return;
      case "track.publish":
      case "track.mute":
      case "track.unpublish": {
        const media = { fleet: this.#reception.fleet, room, participantId: stage.participantId };
        return await this.#track(media, command, id, submit);
      }
      default:
        command satisfies never;
    }
  }

  async #join(stage: EnteredStage, { id, name }: UpOf<"participant.join">): Promise<void> {
    const { open: { room }, participantId } = stage;
    const { fleet, context: { edgeId } } = this.#reception;
    const join = { type: "participant.join", name } as const;
    const peer = { roomId: room.id, peerId: participantId };
    // The first picture waits for neither the commit nor this socket: consumers start as soon as nothing speaks against it.
    const isWelcome = room.preview(join, participantId) === null;
    if (isWelcome) fleet.startPeer(peer);
    const outcome = await room.submit(join, participantId, id);
    if (isRefusal(outcome)) {
      if (isWelcome && !stage.joined) {
        fleet.closePeer(peer);
        this.losePeer(0);
      }
      return this.#refuse(id, outcome);
    }
    if (this.#stage !== stage) return void room.submit({ type: "participant.lose", participantId, edgeId });
    if (!isWelcome) fleet.startPeer(peer);
    if (!stage.joined) {
      stage.joined = true;
      this.#attach(stage, undefined);
    }
    this.#send({ type: "done", cause: id });
  }

  /** The media node first for what begins, the log first for what ends: nobody hears of a track that is not there. */
  async #track(
    media: TrackMedia,
    command:
      | Omit<UpOf<"track.publish">, "id">
      | Omit<UpOf<"track.mute">, "id">
      | Omit<UpOf<"track.unpublish">, "id">,
    id: Command["id"],
    submit: (command: ClientCommand) => Promise<Outcome>,
  ): Promise<void> {
    if (command.type === "track.publish") {
      const { rtpParameters: _, ...asked } = command;
      // Refused by the room: it says so itself, or that an earlier try was stored.
      if (media.room.preview(asked, media.participantId) !== null) return void await submit(asked);
      const refusal = await publishTrack(media, command);
      if (refusal !== null) return this.#refuse(id, refusal);
      if (isRefusal(await submit(asked))) await closeTrack(media, command.trackId);
      return;
    }
    if (isRefusal(await submit(command))) return;
    if (command.type === "track.mute") await muteTrack(media, command);
    else await closeTrack(media, command.trackId);
  }

  #leave({ open: { room, sessions }, participantId }: EnteredStage): void {
    sessions.delete(participantId);
    this.#reception.fleet.closePeer({ roomId: room.id, peerId: participantId });
    this.#socket.close("normal");
  }

  async #media(
    stage: EnteredStage,
    message: Exclude<Up, Command | UpOf<"hello"> | UpOf<"ping">>,
  ): Promise<void> {
    const { fleet } = this.#reception;
    const peer = { roomId: stage.open.room.id as RoomId, peerId: stage.participantId };
    switch (message.type) {
      case "peer.open": {
        const answer = await fleet.openPeer(peer, { offer: message.offer, live: stage.joined, blind: false });
        await this.#dropTracks(stage);
        return this.#send(
          answer === null ? { type: "peer.closed", retryAfterMs: 2_000 } : { type: "peer.opened", answer },
        );
      }
      case "rtt.measured":
        return void fleet.measured(peer, message.rttByNode);
      case "peer.settled":
        return fleet.settledOn(peer, message.nodeId);
      case "view.set":
        void fleet.ask<"view.set">({ type: "view.set", ...peer, tracks: message.tracks });
        return;
      case "track.refresh":
        void fleet.ask<"track.refresh">({ type: "track.refresh", ...peer, trackId: message.trackId });
        return;
      case "transport.restart": {
        const { direction } = message;
        const outcome = await fleet.ask<"transport.restart">({
          type: "transport.restart",
          ...peer,
          direction,
        });
        if ("ok" in outcome) {
          return this.#send({
            type: "transport.restarted",
            direction,
            iceParameters: outcome.ok.iceParameters,
          });
        }
        return this.losePeer(outcome.refused === "unreachable" ? 2_000 : 0);
      }
      default:
        message satisfies never;
    }
  }

  /** The tracks of someone whose client publishes anew, under other ids, when the media path is another. */
  async #dropTracks({ open, participantId, version, joined }: EnteredStage): Promise<void> {
    if (joined && version < REPUBLISH_SINCE) {
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
