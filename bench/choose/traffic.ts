/** How large pictures are drawn, and so which simulcast layer is piped, by the number of people; the layers' rates are web/src/call/encodings.ts's. */
const LAYERS = [
  { upTo: 4, videoMbps: 1.5 },
  { upTo: 9, videoMbps: 0.5 },
  { upTo: Infinity, videoMbps: 0.15 },
];

/** Most pictures that anybody sees at once, and most voices that are forwarded. */
const MAX_VIDEOS = 25;
const MAX_VOICES = 20;

/** How many have their camera on, and their microphone. Assumptions. */
const CAMERAS = 0.7;
const MICROPHONES = 0.4;
const VOICE_MBPS = 0.04;

/** What a room of so many people on so many nodes sends between nodes, Mbit/s: each track that is seen goes once to each other node. */
export function pipeMbps(people: number, nodes: number): number {
  const { videoMbps } = LAYERS.find(({ upTo }) => people <= upTo)!;
  const tracksMbps = Math.min(CAMERAS * people, MAX_VIDEOS) * videoMbps +
    Math.min(MICROPHONES * people, MAX_VOICES) * VOICE_MBPS;
  return tracksMbps * (nodes - 1);
}
