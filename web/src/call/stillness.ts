import type { ParticipantId, RoomState, TrackId } from "@tafelrunde/protocol";
import type { VideoView } from "./api.ts";

/**
 * How long nothing of a person may come before they count as still, ms. Cameras send all the time, and microphones that are
 * on some packets a second, also of silence (RFC 7587 §3.1.3: 400 ms).
 */
export const STILL_AFTER_MS = 2_900;

/**
 * Notices people of whom nothing comes any more, although the room has them as here: their machine sleeps, their network is
 * gone, and their socket does not know yet. Fed with counters, the time, and what the node says of those who only share a screen.
 */
export class Stillness {
  readonly #seen = new Map<TrackId, { count: number; at: number }>();

  /**
   * Who is still at `now` (ms). `progress`: what has come of each track, frames or packets; of pictures only those in `videos`
   * are asked for. A screen may stand: of those who share nothing that must keep coming, the node says whether nothing comes at all (`silent`).
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
      // Before anything has come, its path is being made.
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
