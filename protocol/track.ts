import * as v from "valibot";
import { ParticipantId, TrackId } from "./ids.ts";
import { command, event, JsonObject } from "./message.ts";
import type { CoreRight } from "./core_rights.ts";

/** Sources of a track; a participant publishes at most one track of each at once. */
export const TRACK_SOURCES = ["microphone", "camera", "screen", "screenAudio"] as const;

/** Source of a track. */
export const TrackSource = v.picklist(TRACK_SOURCES);
export type TrackSource = (typeof TRACK_SOURCES)[number];
export const MAX_TRACKS_PER_SOURCE = 1;

/** "audio" or "video": the kind of a source's tracks. */
export function trackKind(source: TrackSource): "audio" | "video" {
  return source === "microphone" || source === "screenAudio" ? "audio" : "video";
}

/** The right needed to publish from a source. */
export const SOURCE_RIGHT = {
  microphone: "speak",
  camera: "camera",
  screen: "share",
  screenAudio: "share",
} as const satisfies Record<TrackSource, CoreRight>;

export const trackCommands = {
  /**
   * The media node gets the RTP parameters; the log does not. In a camera's encodings `scaleResolutionDownBy`
   * gives the size of each layer, as a divisor of 1280 × 720.
   */
  "track.publish": command("track.publish", {
    trackId: TrackId,
    source: TrackSource,
    muted: v.boolean(),
    rtpParameters: JsonObject,
  }),
  /** Mute or unmute one's own track (microphone off, camera off). No effect if it is already so. */
  "track.mute": command("track.mute", { trackId: TrackId, muted: v.boolean() }),
  "track.unpublish": command("track.unpublish", { trackId: TrackId }),
  /** Mute another participant's microphone, or stop their camera or screen; once, they can start again. */
  "track.stop": command("track.stop", { trackId: TrackId }),
  /** Mute all microphones but those of moderators; once. */
  "track.muteAll": command("track.muteAll", {}),
};

export const trackEvents = {
  "track.published": event("track.published", {
    trackId: TrackId,
    participantId: ParticipantId,
    source: TrackSource,
    muted: v.boolean(),
  }),
  /**
   * A moderator, or a change of the settings, mutes the track or ends it (`ends`), and the media node has not
   * confirmed it yet: it might still be heard. `track.muted` or `track.unpublished` by the system follows the
   * confirmation.
   */
  "track.stopping": event("track.stopping", { trackId: TrackId, ends: v.boolean() }),
  "track.muted": event("track.muted", { trackId: TrackId }),
  "track.unmuted": event("track.unmuted", { trackId: TrackId }),
  "track.unpublished": event("track.unpublished", { trackId: TrackId }),
};

export interface Track {
  readonly id: TrackId;
  readonly participantId: ParticipantId;
  readonly source: TrackSource;
  readonly muted: boolean;
  /** The track's state once the media node has confirmed it; absent: no change is pending. */
  readonly stopping?: "muted" | "ended";
}

export type Tracks = Readonly<Record<TrackId, Track>>;

export type TrackEvent = v.InferOutput<(typeof trackEvents)[keyof typeof trackEvents]>;

export function evolveTracks(tracks: Tracks, event: TrackEvent): Tracks {
  const id = event.trackId;
  switch (event.type) {
    case "track.published": {
      const { participantId, source, muted } = event;
      return { ...tracks, [id]: { id, participantId, source, muted } };
    }
    case "track.stopping": {
      const before = tracks[id];
      const stopping = event.ends ? "ended" : "muted";
      return before === undefined ? tracks : { ...tracks, [id]: { ...before, stopping } };
    }
    case "track.muted":
    case "track.unmuted": {
      const { [id]: before } = tracks;
      if (before === undefined) return tracks;
      const { stopping, ...rest } = before;
      const kept = stopping === "ended" ? { stopping } : {};
      return { ...tracks, [id]: { ...rest, ...kept, muted: event.type === "track.muted" } };
    }
    case "track.unpublished": {
      const { [id]: _gone, ...rest } = tracks;
      return rest;
    }
    default:
      return event satisfies never;
  }
}

/** `tracks` without those of a participant who left. */
export function withoutTracksOf(tracks: Tracks, participantId: ParticipantId): Tracks {
  const kept = Object.values(tracks).filter((track) => track.participantId !== participantId);
  return kept.length === Object.keys(tracks).length
    ? tracks
    : Object.fromEntries(kept.map((track) => [track.id, track]));
}
