import type { EdgeId, Track } from "@tafelrunde/protocol";
import type { Fleet } from "../fleet/fleet.ts";
import type { Room } from "./room.ts";

/**
 * Has media nodes mute or end the tracks that a moderator or a changed setting stopped, and logs each once
 * the node has confirmed it. Open stops are in the room's state, so none is lost with an edge; each edge
 * handles its own participants.
 */
export class TrackStops {
  readonly #fleet: Pick<Fleet, "stopTrack">;
  readonly #edgeId: EdgeId;
  readonly #underWay = new Set<string>();

  constructor(fleet: Pick<Fleet, "stopTrack">, edgeId: EdgeId) {
    this.#fleet = fleet;
    this.#edgeId = edgeId;
  }

  /** Does, or retries, the open stops of a room. Never rejects. */
  tend(room: Room): void {
    for (const track of Object.values(room.state.tracks)) {
      if (track.stopping !== undefined) void this.#stop(room, track);
    }
  }

  async #stop(room: Room, { id: trackId, participantId: peerId, stopping }: Track): Promise<void> {
    if (room.state.participants[peerId]?.edgeId !== this.#edgeId) return;
    const key = `${room.id} ${trackId} ${stopping}`;
    if (this.#underWay.has(key)) return;
    this.#underWay.add(key);
    try {
      const isDone = await this.#fleet.stopTrack({ roomId: room.id, peerId }, trackId, stopping === "ended");
      if (isDone) await room.submit({ type: "track.stopped", trackId });
    } finally {
      this.#underWay.delete(key);
    }
  }
}
