import {
  evolve,
  may,
  type ParticipantId,
  type RoomState,
  SOURCE_RIGHT,
  type Track,
} from "@tafelrunde/protocol";
import type { EventDraft } from "./decision.ts";

/** The state after `drafts`. */
export function foresee(state: RoomState, drafts: readonly EventDraft[]): RoomState {
  return drafts.reduce(
    (before, draft) => evolve(before, { ...draft, seq: before.seq + 1, at: 0, actor: null, cause: null }),
    state,
  );
}

/** Ends tracks whose participant no longer has the right to publish them. */
export function endUnrightful({ tracks, participants, room }: RoomState): EventDraft[] {
  return Object.values(tracks)
    .filter(({ participantId, source, stopping }) => {
      if (stopping === "ended") return false;
      const holder = participants[participantId];
      return holder !== undefined && !may(SOURCE_RIGHT[source], holder, room.settings);
    })
    .map(({ id }) => ({ type: "track.stopping", trackId: id, ends: true }));
}

/** Whether a track must be muted at the media node; undefined: the node must not have the track at all. */
export function isHeldBack({ muted, stopping }: Track): boolean | undefined {
  return stopping === "ended" ? undefined : muted || stopping === "muted";
}

/** The tracks of a participant. */
export function tracksOf({ tracks }: RoomState, participantId: ParticipantId): Track[] {
  return Object.values(tracks).filter((track) => track.participantId === participantId);
}
