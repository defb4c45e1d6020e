import { backoffMs, type ParticipantId, type RoomState, type TrackId, trackKind } from "@tafelrunde/protocol";
import type { VideoView } from "./api.ts";
import { ownDevices } from "./own_devices.ts";

/** How often decoding is checked, ms. */
export const WATCH_INTERVAL_MS = 500;

/** How long a picture can take to appear, ms. */
export const FIRST_FRAME_DEADLINE_MS = 1_000;

/** How long a camera's picture can stand still, ms: cameras send frames all the time, screens need not. */
export const FREEZE_DEADLINE_MS = 3_000;

/** Longest delay between two requests for one track, ms; the delay doubles up to this. */
export const LONGEST_REFRESH_DELAY_MS = 16_000;

/**
 * Key frame requests without effect after which a picture counts as hopeless on these transports. The third
 * is sent after 7 s.
 */
const HOPELESS_REFRESHES = 3;

/** A video track that should be moving now, and its decoded frames since it was received. */
export interface Watched {
  readonly trackId: TrackId;
  readonly framesDecoded: number;
  /** Whether frames must keep coming (a camera), or only the first one (a screen). */
  readonly isSteady: boolean;
}

/**
 * The remote videos of `videos` that should move, of participants who are present and show something, and the
 * remote audio that is not received at all. `frames` are the decoded ones of each received track.
 */
export function watched(
  videos: readonly VideoView[],
  { tracks, participants }: RoomState,
  you: ParticipantId | undefined,
  frames: ReadonlyMap<TrackId, number>,
): Watched[] {
  const own = ownDevices(participants, you);
  const silent = Object.values(tracks).filter(({ id, source, participantId }) =>
    trackKind(source) === "audio" && !frames.has(id) && !own.includes(participantId)
  );
  const shown = videos.flatMap(({ trackId }) => tracks[trackId] ?? []);
  return [...shown, ...silent].flatMap(({ id: trackId, muted, participantId, source }) => {
    if (muted || participantId === you || participants[participantId]?.presence !== "here") return [];
    return [{ trackId, framesDecoded: frames.get(trackId) ?? 0, isSteady: source === "camera" }];
  });
}

interface Observation {
  readonly framesDecoded: number;
  refreshes: number;
  /** When a key frame was last requested, or else when a frame was last seen. */
  askedAt: number;
}

/**
 * Detects videos that should be visible and are not. Pure but for its memory: fed with counters and the time.
 */
export class Watchdog {
  readonly #observations = new Map<TrackId, Observation>();

  /** Whether some video has not appeared yet. */
  get hasDark(): boolean {
    return [...this.#observations.values()].some(({ framesDecoded }) => framesDecoded === 0);
  }

  /**
   * Whether no video at all has ever appeared, and requests have not helped: then the transports themselves
   * are to blame.
   */
  get isBlind(): boolean {
    const observations = [...this.#observations.values()];
    return observations.length > 0 &&
      observations.every(({ framesDecoded, refreshes }) =>
        framesDecoded === 0 && refreshes >= HOPELESS_REFRESHES
      );
  }

  /**
   * Returns the tracks that need a key frame, given the decoded frames at `now` (ms). Tracks that are no
   * longer named are forgotten.
   */
  look(watched: readonly Watched[], now: number): TrackId[] {
    const named = new Set(watched.map(({ trackId }) => trackId));
    for (const trackId of this.#observations.keys()) {
      if (!named.has(trackId)) this.#observations.delete(trackId);
    }
    return watched.filter((track) => this.#isOverdue(track, now)).map(({ trackId }) => trackId);
  }

  #isOverdue({ trackId, framesDecoded, isSteady }: Watched, now: number): boolean {
    const seen = this.#observations.get(trackId);
    if (seen === undefined || framesDecoded !== seen.framesDecoded) {
      this.#observations.set(trackId, { framesDecoded, refreshes: 0, askedAt: now });
      return false;
    }
    if (framesDecoded > 0 && !isSteady) return false;
    const deadlineMs = framesDecoded === 0 ? FIRST_FRAME_DEADLINE_MS : FREEZE_DEADLINE_MS;
    const delayMs = backoffMs(seen.refreshes, {
      firstMs: deadlineMs,
      longestMs: LONGEST_REFRESH_DELAY_MS,
    });
    if (now - seen.askedAt < delayMs) return false;
    seen.refreshes++;
    seen.askedAt = now;
    return true;
  }
}
