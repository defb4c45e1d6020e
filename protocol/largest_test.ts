import assert from "node:assert/strict";
import { DEFAULT_SETTINGS } from "./default_settings.ts";
import { newCommandId } from "./mod.ts";
import { parseUp } from "./parse.ts";
import { MAX_PASSWORD } from "./participant.ts";
import { MAX_NAME } from "./text_limits.ts";
import { MAX_VIEW_TRACKS } from "./peer.ts";
import { MAX_ROOM_NAME } from "./room.ts";
import { MAX_MOVED, MAX_SPACE_NAME, MAX_SPACES } from "./space.ts";
import { MAX_ADDRESSED } from "./track.ts";
import {
  MAX_CAPABILITIES_CHARS,
  MAX_PARAMETERS_CHARS,
  readRtpCapabilities,
  readRtpParameters,
} from "./rtp.ts";
import { MAX_DECLINE_TEXT } from "./text_limits.ts";
import type { featureCommands, featureUp } from "./feature_schemas.ts";
import { up } from "./up.ts";
import { FEATURE_NAMES } from "./feature_states.ts";
import { largestText } from "./largest_for_tests.ts";
import { MAX_MESSAGE_BYTES, PROTOCOL_VERSION } from "./version.ts";

const UUID = "ffffffff-ffff-4fff-bfff-ffffffffffff";
const id = newCommandId();
const participantId = "a".repeat(26);
const trackId = UUID;
const spaceId = "a".repeat(16);
const nodeId = "n".repeat(40);
const NUMBER = 59_999.123456789012;

/** Fills the empty strings in `holders`, which are in `object`, until its JSON has `chars` characters. */
function fill<Filled>(object: Filled, holders: readonly Record<string, string>[], chars: number): Filled {
  const places = holders.flatMap((holder) => Object.keys(holder).map((name) => ({ holder, name })));
  const each = Math.floor((chars - JSON.stringify(object).length) / places.length);
  for (const { holder, name } of places) holder[name] = "x".repeat(each);
  const { holder, name } = places[0]!;
  holder[name] += "x".repeat(chars - JSON.stringify(object).length);
  return object;
}

const codec = { mimeType: "audio/opus", clockRate: 48_000, channels: 2 };
const manyParameters = Array.from({ length: 60 }, () => ({ a: "" }));
const capabilities = fill(
  { codecs: manyParameters.map((parameters) => ({ ...codec, kind: "audio", parameters })) },
  manyParameters,
  // Fields added by the node count, too.
  MAX_CAPABILITIES_CHARS - 2_000,
);
const parameters = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`parameter ${n}`, ""]));
const rtpParameters = fill(
  { codecs: [{ ...codec, payloadType: 100, parameters }], encodings: [{ ssrc: 2 ** 32 - 1 }] },
  [parameters],
  MAX_PARAMETERS_CHARS - 100,
);
const fingerprint = Array.from({ length: 32 }, () => "FF").join(":");
const offer = { capabilities, sendFingerprint: fingerprint, recvFingerprint: fingerprint };
const rttByNode = Object.fromEntries(
  Array.from({ length: 100 }, (_, n) => [`${"n".repeat(37)}${String(n).padStart(3, "0")}`, NUMBER]),
);
const joining = { name: largestText(MAX_NAME), password: largestText(MAX_PASSWORD) };
const person = { id, participantId };
const ofTrack = { id, trackId };

/** The messages of the core. */
type CoreUp = Exclude<keyof typeof up, keyof typeof featureCommands | keyof typeof featureUp>;

/** The largest message of each type of the core that our client sends, without its type. */
const LARGEST: Readonly<Record<CoreUp, object>> = {
  hello: {
    version: PROTOCOL_VERSION,
    room: "aaaa-aaaa-aaaa",
    link: "A".repeat(22),
    tab: UUID,
    since: 2 ** 31 - 1,
    peer: offer,
    onNode: nodeId,
    onPath: UUID,
    rttByNode,
    join: { id, ...joining },
  },
  ping: { n: NUMBER },
  "peer.open": { offer },
  "rtt.measured": { rttByNode },
  "peer.settled": { nodeId },
  "view.set": {
    tracks: Array.from(
      { length: MAX_VIEW_TRACKS },
      () => ({ trackId, width: 16_384, height: 16_384, priority: 255 }),
    ),
  },
  "track.refresh": { trackId },
  "transport.restart": { direction: "send" },
  "peer.check": {},
  "room.change": { id, name: largestText(MAX_ROOM_NAME), settings: DEFAULT_SETTINGS },
  "room.end": { id },
  "participant.join": { id, ...joining },
  "participant.leave": { id },
  "participant.rename": { ...person, name: largestText(MAX_NAME) },
  "participant.remove": { ...person, ban: false },
  "waiting.admit": person,
  "waiting.decline": { ...person, text: largestText(MAX_DECLINE_TEXT) },
  "role.set": { ...person, role: "presenter" },
  "track.publish": { ...ofTrack, source: "screenAudio", muted: false, rtpParameters },
  "track.mute": { ...ofTrack, muted: false },
  "track.unpublish": ofTrack,
  "track.stop": ofTrack,
  "track.muteAll": { id },
  "track.address": { ...ofTrack, participantIds: Array.from({ length: MAX_ADDRESSED }, () => participantId) },
  "space.open": {
    id,
    spaces: Array.from(
      { length: MAX_SPACES },
      () => ({ spaceId, name: { text: largestText(MAX_SPACE_NAME) }, isFree: false }),
    ),
  },
  "space.move": { id, participantIds: Array.from({ length: MAX_MOVED }, () => participantId), spaceId },
  "space.close": { id, spaceIds: Array.from({ length: MAX_SPACES }, () => spaceId) },
};

Deno.test("[M1] the largest message of each type that the client sends fits a frame, and an edge can parse it", async () => {
  for (const given of [readRtpCapabilities(capabilities), readRtpParameters(rtpParameters)]) {
    assert.notEqual(given, undefined);
  }
  const all: Record<string, object> = { ...LARGEST };
  for (const name of FEATURE_NAMES) {
    Object.assign(all, (await import(`./features/${name}/largest_for_tests.ts`)).largest);
  }
  assert.deepEqual(Object.keys(all).sort(), Object.keys(up).sort());
  for (const [type, entries] of Object.entries(all)) {
    const message = { type, ...entries };
    const text = JSON.stringify(message);
    const { length: bytes } = new TextEncoder().encode(text);
    assert.ok(bytes <= MAX_MESSAGE_BYTES, `${type}: ${bytes} bytes`);
    assert.deepEqual(parseUp(text), message, type);
  }
});

Deno.test("[V6] of a newer release's command as large as a frame, only the id is kept", () => {
  const message = { type: "quiz.open", id, question: "" };
  const question = "x".repeat(MAX_MESSAGE_BYTES - JSON.stringify(message).length);
  const text = JSON.stringify({ ...message, question });
  assert.equal(text.length, MAX_MESSAGE_BYTES);
  assert.deepEqual(parseUp(text), { type: "foreign", id });
});
