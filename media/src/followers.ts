import type { RoomId, TrackId } from "@tafelrunde/protocol";
import {
  type AnnouncedTrack,
  type CascadeAnswers,
  type CascadeNotice,
  type CascadeRefusal,
  type CascadeRequest,
  type CascadeRequestOf,
  cascadeRequests,
  MAX_ANNOUNCED,
} from "@tafelrunde/protocol/cascade";
import {
  ANYWHERE,
  isInside,
  type NodeAddress,
  type NodeProfile,
  type Residency,
} from "@tafelrunde/protocol/media";
import type { types } from "mediasoup";
import type { WebSocket } from "ws";
import { type Line, logSparsely, serveRequests } from "./channel.ts";
import { guarded } from "./faults.ts";
import type { Log } from "./log.ts";
import { type PipeAddress, type PipeScope, scopeBetween } from "./pipe_port.ts";
import type { Speaker } from "./speakers.ts";

/** How long the pipes of an unreachable node are kept, ms: longer than a short network interruption. */
const AWAY_TTL_MS = 10_000;

/** Most rooms that one node can follow: more than it can host participants for. */
const MAX_ROOMS = 20_000;

/** Most pipes to one node. */
const MAX_PIPES = 10_000;

/** What a followed node has to know about its rooms. */
export interface FollowedRoom {
  readonly residency: Residency;
  readonly pipes: PipeServer;
  /** Tracks that are published here. */
  announced(): AnnouncedTrack[];
  /** Those of them from which no media arrives now. */
  silentHere(): string[];
}

/** The sending ends of a room's pipes. */
export interface PipeServer {
  /** Opens an outlet. Returns the same one again for the same id. Rejects if it cannot. */
  openOutlet(
    pipeId: string,
    routerId: string,
    scope: PipeScope,
    end: PipeAddress,
  ): Promise<PipeAddress | "router.unknown" | "address.unfit">;
  /** Sends a track that was published here; undefined if the track or the pipe does not exist. */
  sendThrough(pipeId: string, trackId: string, layer: number): Promise<types.RtpParameters | undefined>;
  demandThrough(pipeId: string, trackId: string, layer: number): void;
  stopThrough(pipeId: string, trackId: string): void;
  bytesSent(pipeId: string): Promise<number | undefined>;
  closeOutlet(pipeId: string): void;
}

export interface FollowersOptions {
  readonly address: NodeAddress;
  readonly findRoom: (roomId: string) => FollowedRoom | undefined;
  /** Called when residency has refused a node. */
  readonly outside: () => void;
  readonly log: Log;
}

type Outcome = { readonly ok: CascadeAnswers[keyof CascadeAnswers] } | { readonly refused: CascadeRefusal };
const DONE: Outcome = { ok: null };

/** Another node that follows rooms of this one. */
interface Follower {
  readonly runId: string;
  readonly address: NodeAddress;
  /** The rooms that it follows, with the residency it knows for each. */
  readonly rooms: Map<string, Residency>;
  /** Its pipes, with their rooms. */
  readonly pipes: Map<string, string>;
  line: Line | undefined;
  away: ReturnType<typeof setTimeout> | undefined;
}

/** The nodes that want tracks of this one. */
export class Followers implements Disposable {
  readonly #options: FollowersOptions;
  readonly #followers = new Map<string, Follower>();

  constructor(options: FollowersOptions) {
    this.#options = options;
  }

  /**
   * Serves a node that has proved the cluster key. A newer connection of the same node replaces the older
   * one; another run of it starts from scratch.
   */
  serve(socket: WebSocket, { address, runId }: NodeProfile): void {
    const { nodeId } = address;
    const { log } = this.#options;
    const before = this.#followers.get(nodeId);
    if (before !== undefined && before.runId !== runId) this.#forget(nodeId, before);
    before?.line?.replace();
    const follower: Follower = before?.runId === runId
      ? before
      : { runId, address, rooms: new Map(), pipes: new Map(), line: undefined, away: undefined };
    this.#followers.set(nodeId, follower);
    clearTimeout(follower.away);
    const line = serveRequests<CascadeRequest, Outcome>(socket, {
      schemas: cascadeRequests,
      handle: (request) => this.#handle(follower, request),
      overloaded: { refused: "node.failed" },
      malformed: { refused: "request.malformed" },
    }, log);
    follower.line = line;
    log("info", "follower.connected", { nodeId });
    const gone = () => {
      if (follower.line !== line) return;
      follower.line = undefined;
      follower.rooms.clear();
      log("info", "follower.disconnected", { nodeId });
      const forget = guarded(log, "timer", () => this.#forget(nodeId, follower));
      follower.away = setTimeout(forget, AWAY_TTL_MS);
    };
    socket.once("close", guarded(log, "channel", gone));
  }

  async #handle(follower: Follower, request: CascadeRequest): Promise<Outcome> {
    try {
      return await this.#do(follower, request);
    } catch (error) {
      logSparsely(this.#options.log, "follower.failed", { request: request.type, error });
      return { refused: "node.failed" };
    }
  }

  async #do(follower: Follower, request: CascadeRequest): Promise<Outcome> {
    const { findRoom } = this.#options;
    switch (request.type) {
      case "room.follow":
        return this.#follow(follower, request);
      case "room.unfollow":
        follower.rooms.delete(request.roomId);
        return DONE;
      case "pipe.open":
        return await this.#openPipe(follower, request);
      default: {
        const { pipeId } = request;
        const roomId = follower.pipes.get(pipeId);
        const room = roomId === undefined ? undefined : findRoom(roomId);
        if (request.type === "pipe.close") {
          follower.pipes.delete(pipeId);
          room?.pipes.closeOutlet(pipeId);
          return DONE;
        }
        if (room === undefined) return { refused: "pipe.unknown" };
        return await throughPipe(room.pipes, request);
      }
    }
  }

  #follow(follower: Follower, { roomId, residency }: CascadeRequestOf<"room.follow">): Outcome {
    if (!this.#isAllowed(follower, roomId, residency)) return { refused: "node.outside" };
    if (follower.rooms.size >= MAX_ROOMS) return { refused: "node.failed" };
    follower.rooms.set(roomId, residency);
    const room = this.#options.findRoom(roomId);
    const silent = room?.silentHere() ?? [];
    // Sent even when empty: a node that was disconnected may hold an outdated list.
    follower.line?.send(JSON.stringify(silentNotice(roomId, silent)));
    return { ok: { tracks: room?.announced().slice(0, MAX_ANNOUNCED) ?? [] } };
  }

  async #openPipe(
    follower: Follower,
    { pipeId, roomId, routerId, end }: CascadeRequestOf<"pipe.open">,
  ): Promise<Outcome> {
    const room = this.#options.findRoom(roomId);
    const residency = follower.rooms.get(roomId);
    if (!this.#isAllowed(follower, roomId, residency ?? ANYWHERE)) return { refused: "node.outside" };
    if (room === undefined || residency === undefined) return { refused: "router.unknown" };
    if (follower.pipes.size >= MAX_PIPES) return { refused: "node.failed" };
    follower.pipes.set(pipeId, roomId);
    const scope = scopeBetween(this.#options.address, follower.address);
    const opened = await room.pipes.openOutlet(pipeId, routerId, scope, end);
    if (typeof opened === "string") {
      follower.pipes.delete(pipeId);
      return { refused: opened };
    }
    if (!follower.pipes.has(pipeId)) {
      room.pipes.closeOutlet(pipeId);
      return { refused: "pipe.unknown" };
    }
    return { ok: { end: opened as CascadeAnswers["pipe.open"]["end"] } };
  }

  /** Whether both nodes are inside the room's residency, according to what each of them knows of it. */
  #isAllowed({ address }: Follower, roomId: string, theirs: Residency): boolean {
    const ours = this.#options.findRoom(roomId)?.residency ?? ANYWHERE;
    const isAllowed = [ours, theirs].every((residency) =>
      isInside(address, residency) && isInside(this.#options.address, residency)
    );
    if (isAllowed) return true;
    this.#options.outside();
    this.#options.log("warn", "residency.refused", { what: "pipe", nodeId: address.nodeId });
    return false;
  }

  /** Notifies the nodes that follow a room of its tracks. */
  announce(roomId: string, tracks: readonly AnnouncedTrack[], ended: readonly string[]): void {
    this.#tell(roomId, {
      type: "room.tracks",
      roomId: roomId as RoomId,
      tracks: [...tracks],
      ended: [...ended] as TrackId[],
    });
  }

  speak(roomId: string, speakers: readonly Speaker[]): void {
    this.#tell(roomId, { type: "room.speakers", roomId: roomId as RoomId, speakers: [...speakers] });
  }

  /** Notifies them of the tracks from which no packets arrive. */
  silent(roomId: string, trackIds: readonly string[]): void {
    this.#tell(roomId, silentNotice(roomId, trackIds));
  }

  /** Applies a changed residency of a room: drops the followers that are now outside it. */
  confine(roomId: string): void {
    for (const follower of this.#followers.values()) {
      const theirs = follower.rooms.get(roomId);
      if (theirs === undefined || this.#isAllowed(follower, roomId, theirs)) continue;
      follower.rooms.delete(roomId);
      for (const [pipeId, room] of follower.pipes) {
        if (room === roomId) this.#options.findRoom(roomId)?.pipes.closeOutlet(pipeId);
      }
    }
  }

  /** An outlet has closed by itself. */
  outletClosed(pipeId: string): void {
    for (const follower of this.#followers.values()) {
      if (!follower.pipes.delete(pipeId)) continue;
      const notice: CascadeNotice = { type: "pipe.closed", pipeIds: [pipeId] };
      follower.line?.send(JSON.stringify(notice));
    }
  }

  #tell(roomId: string, notice: CascadeNotice): void {
    let text: string | undefined;
    for (const { rooms, line } of this.#followers.values()) {
      if (rooms.has(roomId)) line?.send(text ??= JSON.stringify(notice));
    }
  }

  #forget(nodeId: string, follower: Follower): void {
    clearTimeout(follower.away);
    if (this.#followers.get(nodeId) === follower) this.#followers.delete(nodeId);
    for (const [pipeId, roomId] of [...follower.pipes]) {
      follower.pipes.delete(pipeId);
      this.#options.findRoom(roomId)?.pipes.closeOutlet(pipeId);
    }
  }

  [Symbol.dispose](): void {
    for (const [nodeId, follower] of [...this.#followers]) this.#forget(nodeId, follower);
  }
}

function silentNotice(roomId: string, trackIds: readonly string[]): CascadeNotice {
  const told = trackIds.slice(0, MAX_ANNOUNCED) as TrackId[];
  return { type: "room.silent", roomId: roomId as RoomId, trackIds: told };
}

async function throughPipe(
  pipes: PipeServer,
  request: Extract<CascadeRequest, { type: "pipe.send" | "pipe.demand" | "pipe.stop" | "pipe.check" }>,
): Promise<Outcome> {
  const { pipeId } = request;
  switch (request.type) {
    case "pipe.send": {
      const rtpParameters = await pipes.sendThrough(pipeId, request.trackId, request.layer);
      return rtpParameters === undefined
        ? { refused: "track.unknown" }
        : { ok: { rtpParameters: rtpParameters as CascadeAnswers["pipe.send"]["rtpParameters"] } };
    }
    case "pipe.demand":
      pipes.demandThrough(pipeId, request.trackId, request.layer);
      return DONE;
    case "pipe.stop":
      pipes.stopThrough(pipeId, request.trackId);
      return DONE;
    case "pipe.check": {
      const bytesSent = await pipes.bytesSent(pipeId);
      return bytesSent === undefined ? { refused: "pipe.unknown" } : { ok: { bytesSent } };
    }
    default:
      return request satisfies never;
  }
}
