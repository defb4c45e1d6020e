import type { EdgeId, Participant, ParticipantId } from "@tafelrunde/protocol";
import type { Room } from "./room.ts";

/**
 * Time a participant without a connection has to reconnect, ms. The media node keeps their media for the same
 * time (ORPHAN_TTL_MS).
 */
export const RESUME_WINDOW_MS = 20_000;

/** Time a client that entered by direct entry (HTTP) has to open its socket, ms. */
const SOCKET_GRACE_MS = 10_000;

/**
 * Longest expected time between two looks, ms. After a longer gap, or if the clock was set back, this process
 * was late itself: nobody could have reconnected in that time.
 */
const LATE_MS = 5_000;

/** Late looks in a row after which the process counts as slow, not as back from a pause. */
const MOST_LATE_LOOKS = 3;

/** What an edge knows about connections: its own sockets, and which edges are alive. */
export interface Sighting {
  hasSocket(id: ParticipantId): boolean;
  isLive(edgeId: EdgeId): boolean;
}

/**
 * Marks participants without a connection as away, and removes those who are away too long. Only time in
 * which this edge could have accepted a reconnect counts.
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

  /** Starts a pass over all rooms. Call it about once a second. */
  look(): void {
    const sinceMs = this.#now() - this.#lookedAt;
    this.#lookedAt += sinceMs;
    this.#lateLooks = sinceMs < 0 || sinceMs > LATE_MS ? this.#lateLooks + 1 : 0;
    if (this.#lateLooks > 0 && this.#lateLooks <= MOST_LATE_LOOKS) this.#looksSince = this.#lookedAt;
  }

  /** Checks one room. */
  tend(room: Pick<Room, "state" | "submit">, sighting: Sighting): void {
    const { participants, waiting } = room.state;
    for (const one of Object.values(participants)) this.#tendOne(room, sighting, one);
    for (const one of Object.values(waiting)) this.#tendOne(room, sighting, one);
  }

  #tendOne(
    room: Pick<Room, "submit">,
    { hasSocket, isLive }: Sighting,
    { id, presence, presenceAt, edgeId }: Pick<Participant, "id" | "presence" | "presenceAt" | "edgeId">,
  ): void {
    const absentMs = this.#now() - Math.max(presenceAt, this.#looksSince);
    if (presence === "away" && absentMs > RESUME_WINDOW_MS) {
      void room.submit({ type: "participant.expire", participantId: id, presenceAt });
    }
    if (presence !== "here") return;
    const isLost = edgeId === this.#edgeId ? !hasSocket(id) && absentMs > SOCKET_GRACE_MS : !isLive(edgeId);
    if (isLost) void room.submit({ type: "participant.lose", participantId: id, edgeId });
  }
}
