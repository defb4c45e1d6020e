import {
  evolve,
  may,
  type ParticipantId,
  type RoomState,
  SOURCE_RIGHT,
  type Track,
} from "@tafelrunde/protocol";
import type { EventDraft } from "./decision.ts";

/** `state` as it would be after `drafts`. */
export function foresee(state: RoomState, drafts: readonly EventDraft[]): RoomState {
  return drafts.reduce(
    (before, draft) => evolve(before, { ...draft, seq: before.seq + 1, at: 0, actor: null, cause: null }),
    state,
  );
}

/** Ends what somebody publishes without the right to it. */
export function endUnrightful({ tracks, participants, room }: RoomState): EventDraft[] {
  return Object.values(tracks)
    .filter(({ participantId, source, stopping }) => {
      if (stopping === "ended") return false;
      const role = participants[participantId]?.role;
      return role !== undefined && !may(SOURCE_RIGHT[source], role, room.settings);
    })
    .map(({ id }) => ({ type: "track.stopping", trackId: id, ends: true }));
}

/** Whether nothing of a track may flow at a media node; undefined: the node may not have it at all. */
export function isHeldBack({ muted, stopping }: Track): boolean | undefined {
  return stopping === "ended" ? undefined : muted || stopping === "muted";
}

/** What somebody publishes. */
export function tracksOf({ tracks }: RoomState, participantId: ParticipantId): Track[] {
  return Object.values(tracks).filter((track) => track.participantId === participantId);
}
