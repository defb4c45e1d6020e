import {
  isRefusal,
  type ParticipantId,
  type Refusal,
  refuse,
  type TrackId,
  type UpOf,
} from "@tafelrunde/protocol";
import type { Fleet } from "../fleet/fleet.ts";
import type { Asked, ClientCommand } from "./decision.ts";
import type { Outcome, Room } from "./room.ts";

/** Whose track, and on which room's node. */
export interface TrackMedia {
  readonly fleet: Fleet;
  readonly room: Room;
  readonly participantId: ParticipantId;
}

/**
 * Publishes, mutes or ends one's own track. The media node first for what begins, the log first for what ends: nobody hears of a track that
 * is not there. Gives why the media node does not take it; what the room says to it is told by `submit`.
 */
export async function changeTrack(
  media: TrackMedia,
  command: Asked<UpOf<"track.publish" | "track.mute" | "track.unpublish">>,
  submit: (command: ClientCommand) => Promise<Outcome>,
): Promise<Refusal | null> {
  if (command.type === "track.publish") {
    const { rtpParameters: _, ...asked } = command;
    // Refused by the room: it says so itself, or that an earlier try was stored.
    if (isRefusal(media.room.preview(asked, media.participantId))) {
      await submit(asked);
      return null;
    }
    return await publishTrack(media, command, async () => {
      if (isRefusal(await submit(asked))) await closeTrack(media, command.trackId);
      return null;
    });
  }
  if (isRefusal(await submit(command))) return null;
  if (command.type === "track.mute") await muteTrack(media, command);
  else await closeTrack(media, command.trackId);
  return null;
}

/** Starts a track on the media node, ahead of its event, which `log` stores: who hears of it can have it. Null, or why not. */
async function publishTrack(
  { fleet, room, participantId }: TrackMedia,
  command: Omit<UpOf<"track.publish">, "id">,
  log: () => Promise<null>,
): Promise<Refusal | null> {
  const outcome = await fleet.publish({ ...command, roomId: room.id, peerId: participantId }, log);
  if (outcome === null) return null;
  const { refused } = outcome;
  return refuse(refused === "track.idTaken" || refused === "track.invalid" ? refused : "media.unavailable");
}

/** Stops or lets pass a track's packets on the media node. */
async function muteTrack(
  { fleet, room, participantId }: TrackMedia,
  command: Omit<UpOf<"track.mute">, "id">,
): Promise<void> {
  await fleet.ask<"track.mute">({ ...command, roomId: room.id, peerId: participantId });
}

/** Ends a track on the media node. */
async function closeTrack(
  { fleet, room, participantId }: TrackMedia,
  trackId: TrackId,
): Promise<void> {
  await fleet.ask<"track.close">({ type: "track.close", roomId: room.id, peerId: participantId, trackId });
}
