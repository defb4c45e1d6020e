import {
  devicesOf,
  MAX_ADDRESSED,
  MAX_TRACKS_PER_SOURCE,
  MAX_WHISPERS,
  moderates,
  type ParticipantId,
  refuse,
  type RoomState,
  spaceOf,
  type Track,
  type TrackId,
} from "@tafelrunde/protocol";
import { tracksOf } from "./consequence.ts";
import type { ClientCommandOf, Decision, EventDraft, ParticipantAsker, SystemCommand } from "./decision.ts";

type TrackCommand = ClientCommandOf<
  `track.${"publish" | "mute" | "unpublish" | "stop" | "muteAll" | "address"}`
>;

export function decideTrack(state: RoomState, command: TrackCommand, who: ParticipantAsker): Decision {
  const { participantId } = who;
  switch (command.type) {
    case "track.publish": {
      const { trackId, source, muted } = command;
      const before = state.tracks[trackId];
      if (before !== undefined) {
        // Published again after the participant's media moved.
        if (before.participantId !== participantId || before.source !== source) {
          return refuse("track.idTaken");
        }
        if (before.stopping === "ended") return refuse("track.unknown");
        if (before.stopping === "muted") return [];
        return before.muted === muted ? [] : [{ type: muted ? "track.muted" : "track.unmuted", trackId }];
      }
      const same = tracksOf(state, participantId).filter((track) => track.source === source);
      if (same.length >= MAX_TRACKS_PER_SOURCE) return refuse("track.limit");
      return [{ type: "track.published", trackId, participantId, source, muted }];
    }
    case "track.mute": {
      const { trackId } = command;
      const track = ownTrack(state, trackId, who);
      if (track === undefined || track.stopping === "ended") return refuse("track.unknown");
      // The track is being muted, and shows as muted once the node has done it.
      if (track.stopping === "muted" && command.muted) return [];
      if (track.muted === command.muted && track.stopping === undefined) return [];
      return [{ type: command.muted ? "track.muted" : "track.unmuted", trackId }];
    }
    case "track.unpublish": {
      const track = ownTrack(state, command.trackId, who);
      if (track === undefined) return refuse("track.unknown");
      // The publisher reports that it has ended; a moderator's request waits for the node.
      if (track.stopping !== undefined) return stop(track, true);
      return [{ type: "track.unpublished", trackId: track.id }];
    }
    case "track.stop": {
      const track = state.tracks[command.trackId];
      return track === undefined ? refuse("track.unknown") : sameOf(state, track).flatMap((one) => stop(one));
    }
    case "track.muteAll": {
      const own = devicesOf(state.participants, participantId).map(({ id }) => id);
      return Object.values(state.tracks)
        .filter(({ source, participantId: whose }) =>
          source === "microphone" && !own.includes(whose) &&
          !moderates(state.participants[whose]?.role ?? "guest")
        )
        .flatMap((track) => stop(track));
    }
    case "track.address": {
      const track = ownTrack(state, command.trackId, who);
      if (track?.source !== "microphone") return refuse("track.unknown");
      return address(state, track, command.participantIds);
    }
    default:
      return command satisfies never;
  }
}

/** The listeners are named with all their devices. */
function address(
  { participants, tracks }: RoomState,
  { id: trackId, participantId, audience }: Track,
  listeners: readonly ParticipantId[] | null,
): Decision {
  if (listeners === null) return audience === undefined ? [] : [{ type: "track.widened", trackId }];
  const space = spaceOf(participants, participantId);
  const devices = new Set(listeners.flatMap((id) => devicesOf(participants, id).map((device) => device.id)));
  const participantIds = [...devices]
    .filter((id) => id !== participantId && spaceOf(participants, id) === space)
    .sort().slice(0, MAX_ADDRESSED);
  if (participantIds.length === 0) return refuse("participant.unknown");
  if (audience?.join() === participantIds.join()) return [];
  const whispers = Object.values(tracks).filter((track) => track.audience !== undefined).length;
  if (audience === undefined && whispers >= MAX_WHISPERS) return refuse("track.tooManyWhispers");
  return [
    { type: "track.narrowed", trackId },
    { type: "track.addressed", trackId, participantId, participantIds },
  ];
}

export function decideDropAll(
  state: RoomState,
  command: Extract<SystemCommand, { type: "track.dropAll" }>,
): Decision {
  return tracksOf(state, command.participantId)
    .map((track) => ({ type: "track.unpublished", trackId: track.id }));
}

/** The media node has confirmed the stop. */
export function decideStopped(
  { tracks }: RoomState,
  { trackId }: Extract<SystemCommand, { type: "track.stopped" }>,
): Decision {
  const stopping = tracks[trackId]?.stopping;
  if (stopping === undefined) return [];
  return [{ type: stopping === "ended" ? "track.unpublished" : "track.muted", trackId }];
}

/** The tracks of this source on all devices of the publisher's person, the given one first. */
function sameOf(state: RoomState, track: Track): Track[] {
  const others = devicesOf(state.participants, track.participantId).flatMap(({ id }) => tracksOf(state, id))
    .filter((one) => one.id !== track.id && one.source === track.source);
  return [track, ...others];
}

/** A stopped microphone is muted and stays published; any other track ends. */
function stop(track: Track, ends = track.source !== "microphone"): EventDraft[] {
  const { id: trackId, muted, stopping } = track;
  const isSo = stopping === "ended" || (!ends && (muted || stopping === "muted"));
  return isSo ? [] : [{ type: "track.stopping", trackId, ends }];
}

function ownTrack(state: RoomState, trackId: TrackId, who: ParticipantAsker): Track | undefined {
  const track = state.tracks[trackId];
  return track?.participantId === who.participantId ? track : undefined;
}
