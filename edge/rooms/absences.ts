import type { EdgeId, ParticipantId } from "@tafelrunde/protocol";
import type { Room } from "./room.ts";

/** How long someone whose connection is gone may take to come back, ms. The media node keeps their media as long (ORPHAN_TTL_MS). */
export const RESUME_WINDOW_MS = 20_000;

/** How long someone who came the direct way may take to open their socket, ms. */
const SOCKET_GRACE_MS = 10_000;

/** With more than this between two looks, this process was late itself or its clock was set, ms: nobody could come back meanwhile. */
const LATE_MS = 5_000;

/** A process that looks too late more often than this in a row is slow, and not just back from standing still. */
const MOST_LATE_LOOKS = 3;

/** Who has which part in the presence of people: an edge's sockets, and which edges there are. */
export interface Sighting {
  hasSocket(id: ParticipantId): boolean;
  isLive(edgeId: EdgeId): boolean;
}

/** Sees to it that who has no connection is away, and who is away for too long has left. What counts is time in which this edge could have had them back. */
export class Absences {
  readonly #edgeId: EdgeId;
  readonly #now: () => number;
  #lookedAt: number;
  /** Since when this edge looks without having been late, ms. */
  #looksSince = -Infinity;
  #lateLooks = 0;

  constructor(edgeId: EdgeId, now: () => number) {
    this.#edgeId = edgeId;
    this.#now = now;
    this.#lookedAt = now();
  }

  /** Begins a look at all rooms; to be called about once a second. */
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
