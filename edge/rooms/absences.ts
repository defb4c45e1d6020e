import type { EdgeId, ParticipantId } from "@tafelrunde/protocol";
import type { Room } from "./room.ts";

/**
 * How long someone whose connection is gone may take to come back, ms. The media node keeps their media as
 * long (ORPHAN_TTL_MS).
 */
export const RESUME_WINDOW_MS = 20_000;

/** How long someone who came the direct way may take to open their socket, ms. */
const SOCKET_GRACE_MS = 10_000;

/**
 * Longest time between two looks, ms. After more than this the process was late itself, or its clock was set:
 * nobody could come back in that time.
 */
const LATE_MS = 5_000;

/** After this many late looks in a row the process is slow, not just back from a pause. */
const MOST_LATE_LOOKS = 3;

/** What an edge knows about connections: its own sockets, and which edges are alive. */
export interface Sighting {
  hasSocket(id: ParticipantId): boolean;
  isLive(edgeId: EdgeId): boolean;
}

/**
 * Marks people without a connection as away, and removes those who are away for too long. Only time in which
 * this edge could have taken them back counts.
 */
export class Absences {
  readonly #edgeId: EdgeId;
  readonly #now: () => number;
  #lookedAt: number;
  /** When this edge last came back from a pause, ms. */
  #looksSince = -Infinity;
  #lateLooks = 0;

  constructor(edgeId: EdgeId, now: () => number) {
    this.#edgeId = edgeId;
    this.#now = now;
    this.#lookedAt = now();
  }

  /** Starts a look at all rooms. Call it about once a second. */
  look(): void {
    const sinceMs = this.#now() - this.#lookedAt;
    this.#lookedAt += sinceMs;
    this.#lateLooks = sinceMs < 0 || sinceMs > LATE_MS ? this.#lateLooks + 1 : 0;
    if (this.#lateLooks > 0 && this.#lateLooks <= MOST_LATE_LOOKS) this.#looksSince = this.#lookedAt;
  }

  /** Looks at one room. */
  tend(room: Pick<Room, "state" | "submit">, { hasSocket, isLive }: Sighting): void {
    const { participants, waiting } = room.state;
    for (const { id, presence, presenceAt, edgeId } of Object.values({ ...participants, ...waiting })) {
      const absentMs = this.#now() - Math.max(presenceAt, this.#looksSince);
      if (presence === "away" && absentMs > RESUME_WINDOW_MS) {
        void room.submit({ type: "participant.expire", participantId: id, presenceAt });
      }
      if (presence !== "here") continue;
      const isLost = edgeId === this.#edgeId ? !hasSocket(id) && absentMs > SOCKET_GRACE_MS : !isLive(edgeId);
      if (isLost) void room.submit({ type: "participant.lose", participantId: id, edgeId });
    }
  }
}
