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
 * Publishes, mutes, unpublishes or addresses a participant's own track. To publish, and to narrow its
 * audience, the media node comes first; otherwise the log does: so no client hears of a track that does not
 * exist. Afterwards the node gets what the room's state says, because a repeated command has no effect.
 * Returns why the media node refuses; a refusal of the room is answered by `submit`.
 */
export async function changeTrack(
  media: TrackMedia,
  command: CommandDraft<UpOf<"track.publish" | "track.mute" | "track.unpublish" | "track.address">>,
  submit: (command: ClientCommand) => Promise<CommandOutcome>,
): Promise<Refusal | null> {
  if (command.type === "track.address") return await address(media, command, submit);
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
  const audience = known?.audience && { audience: [...known.audience] };
  return await publishTrack(media, { ...asked, rtpParameters, muted, ...audience }, async () => {
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
  command: Omit<UpOf<"track.publish">, "id"> & { readonly audience?: ParticipantId[] },
  log: () => Promise<null>,
): Promise<Refusal | null> {
  const outcome = await fleet.publish({ ...command, roomId: room.id, peerId: participantId }, log);
  if (outcome === null) return null;
  const { refused } = outcome;
  return refuse(refused === "track.idTaken" || refused === "track.invalid" ? refused : "media.unavailable");
}

/** Nobody learns that a track is a whisper before it is one. */
async function address(
  media: TrackMedia,
  command: CommandDraft<UpOf<"track.address">>,
  submit: (command: ClientCommand) => Promise<CommandOutcome>,
): Promise<Refusal | null> {
  const { fleet, room, participantId: peerId } = media;
  const { trackId } = command;
  const decision = room.preview(command, peerId);
  const audience = isRefusal(decision)
    ? undefined
    : decision.flatMap((draft) => draft.type === "track.addressed" ? [draft.participantIds] : [])[0];
  if (audience === undefined) {
    await submit(command);
    return null;
  }
  const outcome = await fleet.address(
    { roomId: room.id, peerId },
    { trackId, audience },
    () => submit(command),
  );
  const isStored = outcome !== undefined && !isRefusal(outcome);
  if (!isStored) await readdress(media, trackId);
  return outcome === undefined ? refuse("media.unavailable") : null;
}

/** Makes the audience of the media node's track agree with the room's state. */
async function readdress(
  { fleet, room, participantId: peerId }: TrackMedia,
  trackId: TrackId,
): Promise<void> {
  const track = room.state.tracks[trackId];
  if (track === undefined) return;
  const audience = track.audience === undefined ? null : [...track.audience];
  await fleet.ask<"track.audience">({ type: "track.audience", roomId: room.id, peerId, trackId, audience });
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
