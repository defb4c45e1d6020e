import { type ParticipantId, type Refusal, refuse, type TrackId, type UpOf } from "@tafelrunde/protocol";
import type { Fleet } from "../fleet/fleet.ts";
import type { Room } from "./room.ts";

/** Whose track, and on which room's node. */
export interface TrackMedia {
  readonly fleet: Fleet;
  readonly room: Room;
  readonly participantId: ParticipantId;
}

/** Starts a track on the media node, ahead of its event: who hears of it can have it. Null, or why not. */
export async function publishTrack(
  media: TrackMedia,
  command: Omit<UpOf<"track.publish">, "id">,
): Promise<Refusal | null> {
  const { fleet, room, participantId } = media;
  const outcome = await fleet.ask<"track.publish">({ ...command, roomId: room.id, peerId: participantId });
  if ("ok" in outcome) return null;
  const { refused } = outcome;
  return refuse(refused === "track.idTaken" || refused === "track.invalid" ? refused : "media.unavailable");
}

/** Stops or lets pass a track's packets on the media node. */
export async function muteTrack(
  { fleet, room, participantId }: TrackMedia,
  command: Omit<UpOf<"track.mute">, "id">,
): Promise<void> {
  await fleet.ask<"track.mute">({ ...command, roomId: room.id, peerId: participantId });
}

/** Ends a track on the media node. */
export async function closeTrack(
  { fleet, room, participantId }: TrackMedia,
  trackId: TrackId,
): Promise<void> {
  await fleet.ask<"track.close">({ type: "track.close", roomId: room.id, peerId: participantId, trackId });
}
