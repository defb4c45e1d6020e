import * as v from "valibot";
import { ParticipantId, TrackId } from "./ids.ts";
import { command, event, JsonObject } from "./message.ts";
import type { CoreRight } from "./core_rights.ts";
import { list } from "./object.ts";

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

/** Most participants that a track is addressed to. */
export const MAX_ADDRESSED = 50;

/** Most tracks of a room that are addressed to some at once; nodes announce each with its audience. */
export const MAX_WHISPERS = 50;

const Addressed = list(ParticipantId, MAX_ADDRESSED, 1);

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
  /**
   * Whispers: only these participants of one's space get one's own microphone from now on; null: everyone in
   * the space again.
   */
  "track.address": command("track.address", { trackId: TrackId, participantIds: v.nullable(Addressed) }),
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
  /** Only some get the track from now on. Who they are, only they learn: `track.addressed`. */
  "track.narrowed": event("track.narrowed", { trackId: TrackId }),
  /** For the publisher and those addressed; everyone else gets `skipped`. */
  "track.addressed": event("track.addressed", {
    trackId: TrackId,
    participantId: ParticipantId,
    participantIds: Addressed,
  }),
  /** Everyone in the space gets the track again. */
  "track.widened": event("track.widened", { trackId: TrackId }),
};

export interface Track {
  readonly id: TrackId;
  readonly participantId: ParticipantId;
  readonly source: TrackSource;
  readonly muted: boolean;
  /** The track's state once the media node has confirmed it; absent: no change is pending. */
  readonly stopping?: "muted" | "ended";
  /** Who gets the track; empty for those who do not; absent: everyone in the publisher's space. */
  readonly audience?: readonly ParticipantId[];
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
    case "track.narrowed":
      return withAudience(tracks, id, []);
    case "track.addressed":
      return withAudience(tracks, id, event.participantIds);
    case "track.widened": {
      const { [id]: before } = tracks;
      if (before?.audience === undefined) return tracks;
      const { audience: _over, ...rest } = before;
      return { ...tracks, [id]: rest };
    }
    default:
      return event satisfies never;
  }
}

function withAudience(tracks: Tracks, id: TrackId, audience: readonly ParticipantId[]): Tracks {
  const { [id]: before } = tracks;
  return before === undefined ? tracks : { ...tracks, [id]: { ...before, audience } };
}

/** Whether a participant of the publisher's space may get the track. */
export function isAddressedTo({ participantId, audience }: Track, reader: ParticipantId): boolean {
  return audience === undefined || participantId === reader || audience.includes(reader);
}

/** `tracks` as a participant may see them: whom others whisper to is known to those only. */
export function visibleTracks(tracks: Tracks, reader: ParticipantId): Tracks {
  const all = Object.values(tracks);
  if (all.every((track) => isAddressedTo(track, reader))) return tracks;
  return Object.fromEntries(
    all.map((track) => [track.id, isAddressedTo(track, reader) ? track : { ...track, audience: [] }]),
  );
}

/** `tracks` without those of a participant who left. */
export function withoutTracksOf(tracks: Tracks, participantId: ParticipantId): Tracks {
  const kept = Object.values(tracks).filter((track) => track.participantId !== participantId);
  return kept.length === Object.keys(tracks).length
    ? tracks
    : Object.fromEntries(kept.map((track) => [track.id, track]));
}
