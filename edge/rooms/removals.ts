import type { EdgeId, ParticipantId } from "@tafelrunde/protocol";
import { ORPHAN_TTL_MS } from "@tafelrunde/protocol/media";
import type { Fleet } from "../fleet/fleet.ts";
import type { Room } from "./room.ts";

type RemovingRoom = Pick<Room, "id" | "state" | "submit">;

/**
 * Time after which a node that has lost its edges has closed the media on it by itself, ms; with slack for
 * its sweep.
 */
const CLOSED_BY_ITSELF_MS = ORPHAN_TTL_MS + 5_000;

/**
 * Logs that a removed participant has no media left, once the nodes have confirmed it. Open removals are in
 * the room's state: the edge that served the participant confirms them, or any other edge if that one is
 * gone.
 */
export class Removals {
  readonly #fleet: Pick<Fleet, "hasEnded">;
  readonly #edgeId: EdgeId;
  readonly #now: () => number;
  readonly #underWay = new Set<string>();

  constructor(fleet: Pick<Fleet, "hasEnded">, edgeId: EdgeId, now: () => number) {
    this.#fleet = fleet;
    this.#edgeId = edgeId;
    this.#now = now;
  }

  /** Confirms, or retries, the open removals of a room. Never rejects. */
  tend(room: RemovingRoom): void {
    for (const { id, edgeId, since } of Object.values(room.state.removing)) {
      const isOver = this.#now() - since > CLOSED_BY_ITSELF_MS;
      if (edgeId === this.#edgeId || isOver) void this.#confirm(room, id, isOver);
    }
  }

  async #confirm(
    room: RemovingRoom,
    peerId: ParticipantId,
    isOver: boolean,
  ): Promise<void> {
    const key = `${room.id} ${peerId}`;
    if (this.#underWay.has(key)) return;
    this.#underWay.add(key);
    try {
      const hasEnded = await this.#fleet.hasEnded({ roomId: room.id, peerId }, { isOver });
      if (hasEnded) await room.submit({ type: "participant.closed", participantId: peerId });
    } finally {
      this.#underWay.delete(key);
    }
  }
}
