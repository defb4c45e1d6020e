import {
  MAX_VIEW_TRACKS,
  type ParticipantId,
  type RoomState,
  type Track,
  trackKind,
  type ViewTrack,
} from "@tafelrunde/protocol";
import type { VideoView } from "./api.ts";
import { ownDevices } from "./own_devices.ts";

/** Priority of audio: a voice matters more than any picture. */
const AUDIO_PRIORITY = 255;

/**
 * Builds the view to request from the node: what the screen shows, in device pixels (`pixelRatio` of them per
 * CSS pixel), and all audio of others; one's other devices would make an echo. Muted audio too, so that its
 * first word needs no message. When there are more tracks than a view can name: video first (the screen shows
 * it), then unmuted audio.
 */
export function buildView(
  videos: readonly VideoView[],
  state: RoomState,
  you: ParticipantId | undefined,
  pixelRatio: number,
): ViewTrack[] {
  const own = ownDevices(state.participants, you);
  const pixels = (length: number) => Math.max(0, Math.min(16_384, Math.round(length * pixelRatio)));
  const shown = videos
    .filter(({ trackId }) => state.tracks[trackId]?.participantId !== you || you === undefined)
    .map(({ trackId, width, height, priority }) => ({
      trackId,
      width: pixels(width),
      height: pixels(height),
      priority: Math.max(1, Math.min(255, Math.round(priority))),
    }));
  const heard = Object.values(state.tracks)
    .filter((track) => trackKind(track.source) === "audio" && !own.includes(track.participantId))
    .sort((a, b) => Number(a.muted) - Number(b.muted))
    .map(({ id }: Track) => ({ trackId: id, width: 0, height: 0, priority: AUDIO_PRIORITY }));
  return [...shown, ...heard].slice(0, MAX_VIEW_TRACKS);
}
