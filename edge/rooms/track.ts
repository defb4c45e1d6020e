import {
  MAX_TRACKS_PER_SOURCE,
  refuse,
  type RoomState,
  type Track,
  type TrackId,
} from "@tafelrunde/protocol";
import type { Decision, ParticipantAsker, RoomCommand } from "./decision.ts";

type TrackCommand = Exclude<Extract<RoomCommand, { type: `track.${string}` }>, { type: "track.dropAll" }>;

export function decideTrack(state: RoomState, command: TrackCommand, who: ParticipantAsker): Decision {
  const { participantId } = who;
  const { trackId } = command;
  switch (command.type) {
    case "track.publish": {
      const { source, muted } = command;
      const before = state.tracks[trackId];
      if (before !== undefined) {
        // Published again: the person's media has moved.
        if (before.participantId !== participantId || before.source !== source) {
          return refuse("track.idTaken");
        }
        return before.muted === muted ? [] : [{ type: muted ? "track.muted" : "track.unmuted", trackId }];
      }
      const same = Object.values(state.tracks).filter((track) =>
        track.participantId === participantId && track.source === source
      );
      if (same.length >= MAX_TRACKS_PER_SOURCE) return refuse("track.limit");
      return [{ type: "track.published", trackId, participantId, source, muted }];
    }
    case "track.mute": {
      const track = ownTrack(state, trackId, who);
      if (track === undefined) return refuse("track.unknown");
      if (track.muted === command.muted) return [];
      return [{ type: command.muted ? "track.muted" : "track.unmuted", trackId }];
    }
    case "track.unpublish":
      return ownTrack(state, trackId, who) === undefined
        ? refuse("track.unknown")
        : [{ type: "track.unpublished", trackId }];
    default:
      return command satisfies never;
  }
}

export function decideDropAll(
  state: RoomState,
  command: Extract<RoomCommand, { type: "track.dropAll" }>,
): Decision {
  return Object.values(state.tracks).filter((track) => track.participantId === command.participantId)
    .map((track) => ({ type: "track.unpublished", trackId: track.id }));
}

function ownTrack(state: RoomState, trackId: TrackId, who: ParticipantAsker): Track | undefined {
  const track = state.tracks[trackId];
  return track?.participantId === who.participantId ? track : undefined;
}
