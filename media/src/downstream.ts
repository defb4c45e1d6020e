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
import { logSparsely, type RequestConnection, serveRequests } from "./channel.ts";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";
import { type PipeAddress, type PipeScope, scopeBetween } from "./pipe_port.ts";
import type { Speaker } from "./speakers.ts";

/** How long the pipes of an unreachable node are kept, ms: longer than a short network interruption. */
const AWAY_TTL_MS = 10_000;

/** Most rooms that one node can follow: more than it can host participants for. */
const MAX_ROOMS = 20_000;

/** Most pipes to one node. */
const MAX_PIPES = 10_000;

/** What a followed node has to know about its rooms. */
export interface DownstreamRoom {
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

export interface DownstreamOptions {
  readonly address: NodeAddress;
  readonly findRoom: (roomId: string) => DownstreamRoom | undefined;
  /** Called when residency has refused a node. */
  readonly outside: () => void;
  readonly log: Log;
}

type CascadeOutcome = { readonly ok: CascadeAnswers[keyof CascadeAnswers] } | {
  readonly refused: CascadeRefusal;
};
const DONE: CascadeOutcome = { ok: null };

/** Another node that follows rooms of this one. */
interface DownstreamNode {
  readonly runId: string;
  readonly address: NodeAddress;
  /** The rooms that it follows, with the residency it knows for each. */
  readonly rooms: Map<string, Residency>;
  /** Its pipes, with their rooms. */
  readonly pipes: Map<string, string>;
  connection: RequestConnection | undefined;
  away: ReturnType<typeof setTimeout> | undefined;
}

/** The nodes that want tracks of this one. */
export class Downstream implements Disposable {
  readonly #options: DownstreamOptions;
  readonly #nodes = new Map<string, DownstreamNode>();

  constructor(options: DownstreamOptions) {
    this.#options = options;
  }

  /**
   * Serves a node that has proved the cluster key. A newer connection of the same node replaces the older
   * one; another run of it starts from scratch.
   */
  serve(socket: WebSocket, { address, runId }: NodeProfile): void {
    const { nodeId } = address;
    const { log } = this.#options;
    const before = this.#nodes.get(nodeId);
    if (before !== undefined && before.runId !== runId) this.#forget(nodeId, before);
    before?.connection?.replace();
    const peerNode: DownstreamNode = before?.runId === runId
      ? before
      : { runId, address, rooms: new Map(), pipes: new Map(), connection: undefined, away: undefined };
    this.#nodes.set(nodeId, peerNode);
    clearTimeout(peerNode.away);
    const connection = serveRequests<CascadeRequest, CascadeOutcome>(socket, {
      schemas: cascadeRequests,
      handle: (request) => this.#handle(peerNode, request),
      overloaded: { refused: "node.failed" },
      malformed: { refused: "request.malformed" },
    }, log);
    peerNode.connection = connection;
    log.info("downstream.connected", { nodeId });
    const gone = () => {
      if (peerNode.connection !== connection) return;
      peerNode.connection = undefined;
      peerNode.rooms.clear();
      log.info("downstream.disconnected", { nodeId });
      const forget = guarded(log, "job", () => this.#forget(nodeId, peerNode));
      peerNode.away = setTimeout(forget, AWAY_TTL_MS);
    };
    socket.once("close", guarded(log, "channel", gone));
  }

  async #handle(peerNode: DownstreamNode, request: CascadeRequest): Promise<CascadeOutcome> {
    try {
      return await this.#do(peerNode, request);
    } catch (error) {
      logSparsely(this.#options.log, "downstream.failed", { request: request.type, error });
      return { refused: "node.failed" };
    }
  }

  async #do(peerNode: DownstreamNode, request: CascadeRequest): Promise<CascadeOutcome> {
    const { findRoom } = this.#options;
    switch (request.type) {
      case "room.follow":
        return this.#follow(peerNode, request);
      case "room.unfollow":
        peerNode.rooms.delete(request.roomId);
        return DONE;
      case "pipe.open":
        return await this.#openPipe(peerNode, request);
      default: {
        const { pipeId } = request;
        const roomId = peerNode.pipes.get(pipeId);
        const room = roomId === undefined ? undefined : findRoom(roomId);
        if (request.type === "pipe.close") {
          peerNode.pipes.delete(pipeId);
          room?.pipes.closeOutlet(pipeId);
          return DONE;
        }
        if (room === undefined) return { refused: "pipe.unknown" };
        return await throughPipe(room.pipes, request);
      }
    }
  }

  #follow(peerNode: DownstreamNode, { roomId, residency }: CascadeRequestOf<"room.follow">): CascadeOutcome {
    if (!this.#isAllowed(peerNode, roomId, residency)) return { refused: "node.outside" };
    if (peerNode.rooms.size >= MAX_ROOMS) return { refused: "node.failed" };
    peerNode.rooms.set(roomId, residency);
    const room = this.#options.findRoom(roomId);
    const silent = room?.silentHere() ?? [];
    // Sent even when empty: a node that was disconnected may hold an outdated list.
    peerNode.connection?.send(JSON.stringify(silentNotice(roomId, silent)));
    return { ok: { tracks: room?.announced().slice(0, MAX_ANNOUNCED) ?? [] } };
  }

  async #openPipe(
    peerNode: DownstreamNode,
    { pipeId, roomId, routerId, end }: CascadeRequestOf<"pipe.open">,
  ): Promise<CascadeOutcome> {
    const room = this.#options.findRoom(roomId);
    const residency = peerNode.rooms.get(roomId);
    if (!this.#isAllowed(peerNode, roomId, residency ?? ANYWHERE)) return { refused: "node.outside" };
    if (room === undefined || residency === undefined) return { refused: "router.unknown" };
    if (peerNode.pipes.size >= MAX_PIPES) return { refused: "node.failed" };
    peerNode.pipes.set(pipeId, roomId);
    const scope = scopeBetween(this.#options.address, peerNode.address);
    const opened = await room.pipes.openOutlet(pipeId, routerId, scope, end);
    if (typeof opened === "string") {
      peerNode.pipes.delete(pipeId);
      return { refused: opened };
    }
    if (!peerNode.pipes.has(pipeId)) {
      room.pipes.closeOutlet(pipeId);
      return { refused: "pipe.unknown" };
    }
    return { ok: { end: opened as CascadeAnswers["pipe.open"]["end"] } };
  }

  /** Whether both nodes are inside the room's residency, according to what each of them knows of it. */
  #isAllowed({ address }: DownstreamNode, roomId: string, theirs: Residency): boolean {
    const ours = this.#options.findRoom(roomId)?.residency ?? ANYWHERE;
    const isAllowed = [ours, theirs].every((residency) =>
      isInside(address, residency) && isInside(this.#options.address, residency)
    );
    if (isAllowed) return true;
    this.#options.outside();
    this.#options.log.warn("residency.refused", { what: "pipe", nodeId: address.nodeId });
    return false;
  }

  /** Notifies the nodes that follow a room of its tracks. */
  announce(roomId: string, tracks: readonly AnnouncedTrack[], ended: readonly string[]): void {
    this.#notify(roomId, {
      type: "room.tracks",
      roomId: roomId as RoomId,
      tracks: [...tracks],
      ended: [...ended] as TrackId[],
    });
  }

  speak(roomId: string, speakers: readonly Speaker[]): void {
    this.#notify(roomId, { type: "room.speakers", roomId: roomId as RoomId, speakers: [...speakers] });
  }

  /** Notifies them of the tracks from which no packets arrive. */
  silent(roomId: string, trackIds: readonly string[]): void {
    this.#notify(roomId, silentNotice(roomId, trackIds));
  }

  /** Applies a changed residency of a room: drops the followers that are now outside it. */
  confine(roomId: string): void {
    for (const peerNode of this.#nodes.values()) {
      const theirs = peerNode.rooms.get(roomId);
      if (theirs === undefined || this.#isAllowed(peerNode, roomId, theirs)) continue;
      peerNode.rooms.delete(roomId);
      for (const [pipeId, room] of peerNode.pipes) {
        if (room === roomId) this.#options.findRoom(roomId)?.pipes.closeOutlet(pipeId);
      }
    }
  }

  /** An outlet has closed by itself. */
  outletClosed(pipeId: string): void {
    for (const peerNode of this.#nodes.values()) {
      if (!peerNode.pipes.delete(pipeId)) continue;
      const notice: CascadeNotice = { type: "pipe.closed", pipeIds: [pipeId] };
      peerNode.connection?.send(JSON.stringify(notice));
    }
  }

  #notify(roomId: string, notice: CascadeNotice): void {
    let text: string | undefined;
    for (const { rooms, connection } of this.#nodes.values()) {
      if (rooms.has(roomId)) connection?.send(text ??= JSON.stringify(notice));
    }
  }

  #forget(nodeId: string, peerNode: DownstreamNode): void {
    clearTimeout(peerNode.away);
    if (this.#nodes.get(nodeId) === peerNode) this.#nodes.delete(nodeId);
    for (const [pipeId, roomId] of [...peerNode.pipes]) {
      peerNode.pipes.delete(pipeId);
      this.#options.findRoom(roomId)?.pipes.closeOutlet(pipeId);
    }
  }

  [Symbol.dispose](): void {
    for (const [nodeId, peerNode] of [...this.#nodes]) this.#forget(nodeId, peerNode);
  }
}

function silentNotice(roomId: string, trackIds: readonly string[]): CascadeNotice {
  const told = trackIds.slice(0, MAX_ANNOUNCED) as TrackId[];
  return { type: "room.silent", roomId: roomId as RoomId, trackIds: told };
}

async function throughPipe(
  pipes: PipeServer,
  request: Extract<CascadeRequest, { type: "pipe.send" | "pipe.demand" | "pipe.stop" | "pipe.check" }>,
): Promise<CascadeOutcome> {
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
