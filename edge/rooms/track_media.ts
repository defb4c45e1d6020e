import {
  isRefusal,
  type ParticipantId,
  type Refusal,
  refuse,
  type Track,
  type TrackId,
  type UpOf,
} from "@tafelrunde/protocol";
import { readRtpParameters } from "@tafelrunde/protocol/rtp";
import type { Fleet } from "../fleet/fleet.ts";
import { isHeldBack } from "./consequence.ts";
import type { ClientCommand, CommandDraft } from "./decision.ts";
import type { CommandOutcome, Room } from "./room.ts";

/** The owner of a track, and the room. */
export interface TrackMedia {
  readonly fleet: Fleet;
  readonly room: Room;
  readonly participantId: ParticipantId;
}

/**
 * Publishes, mutes or unpublishes a participant's own track. To publish, the media node comes first; to mute
 * or unpublish, the log does: so no client hears of a track that does not exist. Afterwards the node gets
 * what the room's state says, because a repeated command has no effect. Returns why the media node refuses; a
 * refusal of the room is answered by `submit`.
 */
export async function changeTrack(
  media: TrackMedia,
  command: CommandDraft<UpOf<"track.publish" | "track.mute" | "track.unpublish">>,
  submit: (command: ClientCommand) => Promise<CommandOutcome>,
): Promise<Refusal | null> {
  if (command.type !== "track.publish") {
    if (!isRefusal(await submit(command))) await agree(media, command.trackId);
    return null;
  }
  const { rtpParameters: given, ...asked } = command;
  // The room refuses: submitting answers with its refusal, or says that an earlier try was stored.
  if (isRefusal(media.room.preview(asked, media.participantId))) {
    await submit(asked);
    return null;
  }
  const rtpParameters = readRtpParameters(given);
  if (rtpParameters === undefined) return refuse("track.invalid");
  const known = ownTrack(media, command.trackId);
  const muted = (known && isHeldBack(known)) ?? command.muted;
  return await publishTrack(media, { ...asked, rtpParameters, muted }, async () => {
    await submit(asked);
    const track = ownTrack(media, command.trackId);
    if (track === undefined || isHeldBack(track) !== muted) await agree(media, command.trackId);
    return null;
  });
}

/**
 * Starts a track on the media node before `log` stores its event, so clients that get the event can consume
 * it. Null, or the refusal.
 */
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

/** Makes the media node's track agree with the room's state: muted, unmuted or closed. */
async function agree(media: TrackMedia, trackId: TrackId): Promise<void> {
  const { fleet, room, participantId: peerId } = media;
  const track = ownTrack(media, trackId);
  const asked = { roomId: room.id, peerId, trackId };
  const muted = track && isHeldBack(track);
  if (muted === undefined) await fleet.ask<"track.close">({ type: "track.close", ...asked });
  else await fleet.ask<"track.mute">({ type: "track.mute", ...asked, muted });
}

function ownTrack({ room, participantId }: TrackMedia, trackId: TrackId): Track | undefined {
  const { [trackId]: track } = room.state.tracks;
  return track?.participantId === participantId ? track : undefined;
}
