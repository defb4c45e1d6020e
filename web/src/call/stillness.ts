import type { ParticipantId, RoomState, TrackId } from "@tafelrunde/protocol";
import type { VideoView } from "./api.ts";

/**
 * Time without media from a participant before they count as still, ms. Cameras send all the time, and
 * unmuted microphones some packets a second, even during silence (RFC 7587 §3.1.3: 400 ms).
 */
export const STILL_AFTER_MS = 2_900;

/**
 * Detects participants whose media has stopped although the room has them as present: their machine sleeps or
 * their network is gone, and their socket does not know yet. Fed with counters, the time, and the node's
 * report on those who only share a screen.
 */
export class Stillness {
  readonly #seen = new Map<TrackId, { count: number; at: number }>();

  /**
   * Returns who is still at `now` (ms). `progress`: frames or packets of each track; of video only the tracks
   * in `videos` are checked. A screen can be motionless: for participants who share nothing that must keep
   * flowing, the node reports whether nothing arrives at all (`silent`).
   */
  look(
    progress: ReadonlyMap<TrackId, number>,
    videos: readonly VideoView[],
    { tracks, participants }: RoomState,
    you: ParticipantId | undefined,
    now: number,
    silent: readonly TrackId[] = [],
  ): ParticipantId[] {
    const watched = new Set(videos.map(({ trackId }) => trackId));
    const lastAt = new Map<ParticipantId, number>();
    for (const { id, participantId, source, muted } of Object.values(tracks)) {
      const count = progress.get(id);
      const isSteady = source === "microphone" || source === "camera" && watched.has(id);
      if (muted || !isSteady || count === undefined || participantId === you) {
        this.#seen.delete(id);
        continue;
      }
      const seen = this.#seen.get(id);
      if (seen === undefined || seen.count !== count) this.#seen.set(id, { count, at: now });
      // Before the first packet, its transport is still connecting.
      const at = count === 0 ? now : this.#seen.get(id)!.at;
      lastAt.set(participantId, Math.max(at, lastAt.get(participantId) ?? 0));
    }
    for (const id of this.#seen.keys()) if (tracks[id] === undefined) this.#seen.delete(id);
    const still = new Set([...lastAt].flatMap(([id, at]) => now - at >= STILL_AFTER_MS ? [id] : []));
    for (const trackId of silent) {
      const owner = tracks[trackId]?.participantId;
      if (owner !== undefined && owner !== you) still.add(owner);
    }
    return [...still].filter((id) => participants[id]?.presence === "here");
  }
}
