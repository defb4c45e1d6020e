/**
 * The simulcast layer that is piped, which follows from the size of the tiles, by the number of participants;
 * the layers' rates are those of web/src/call/encodings.ts.
 */
const LAYERS = [
  { upTo: 4, videoMbps: 1.5 },
  { upTo: 9, videoMbps: 0.5 },
  { upTo: Infinity, videoMbps: 0.15 },
];

/** Most videos that a participant sees at once, and most audio tracks that are forwarded. */
const MAX_VIDEOS = 25;
const MAX_VOICES = 20;

/** Share of participants with their camera on, and with their microphone on. Assumptions. */
const CAMERAS = 0.7;
const MICROPHONES = 0.4;
const VOICE_MBPS = 0.04;

/**
 * Traffic between nodes of a room with so many participants on so many nodes, Mbit/s: each visible track is
 * sent once to each other node.
 */
export function pipeMbps(people: number, nodes: number): number {
  const { videoMbps } = LAYERS.find(({ upTo }) => people <= upTo)!;
  const tracksMbps = Math.min(CAMERAS * people, MAX_VIDEOS) * videoMbps +
    Math.min(MICROPHONES * people, MAX_VOICES) * VOICE_MBPS;
  return tracksMbps * (nodes - 1);
}
