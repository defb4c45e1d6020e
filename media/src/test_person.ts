import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { PeerAnswer, TrackSource } from "@tafelrunde/protocol";
import { ANYWHERE, type Placement, type PublishedTrack } from "@tafelrunde/protocol/media";
import { ROUTER_RTP_CAPABILITIES } from "@tafelrunde/protocol/router_capabilities";
import { newId, type TestEdge } from "./test_edge.ts";

/** Simulcast layers of a camera under test. */
export const CAMERA_LAYERS = 3;

/** A browser's offer; no two offers are for the same connections. */
export function makeOffer(): { capabilities: object; sendFingerprint: string; recvFingerprint: string } {
  return {
    capabilities: ROUTER_RTP_CAPABILITIES,
    sendFingerprint: makeFingerprint(),
    recvFingerprint: makeFingerprint(),
  };
}

function makeFingerprint(): string {
  return randomBytes(32).toString("hex").toUpperCase().replaceAll(/..(?!$)/g, "$&:");
}

/** RTP parameters as mediasoup-client makes them; no media is ever sent. */
export function makeRtpParameters(source: TrackSource): Record<string, unknown> {
  if (source === "microphone" || source === "screenAudio") {
    return {
      mid: String(randomInt(1e7)),
      codecs: [{ mimeType: "audio/opus", payloadType: 111, clockRate: 48000, channels: 2 }],
      headerExtensions: [{ uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 4 }],
      encodings: [{ ssrc: randomInt(1, 2 ** 31) }],
    };
  }
  const layers = source === "camera" ? CAMERA_LAYERS : 1;
  return {
    mid: String(randomInt(1e7)),
    codecs: [
      {
        mimeType: "video/VP8",
        payloadType: 96,
        clockRate: 90000,
        rtcpFeedback: [{ type: "nack" }, { type: "nack", parameter: "pli" }, { type: "transport-cc" }],
      },
      { mimeType: "video/rtx", payloadType: 97, clockRate: 90000, parameters: { apt: 96 } },
    ],
    headerExtensions: [
      { uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 4 },
      { uri: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", id: 10 },
    ],
    encodings: Array.from(
      { length: layers },
      () => ({ ssrc: randomInt(1, 2 ** 31), rtx: { ssrc: randomInt(1, 2 ** 31) } }),
    ),
  };
}

/** A participant of a room, as their edge sees them. */
export class TestPerson {
  readonly roomId: string;
  readonly peerId = newId(26);
  edge: TestEdge;
  offer = makeOffer();
  /** Key of the network that they connect from. */
  origin: string | null = null;
  placement: Placement = { version: 0, nodes: [], residency: ANYWHERE };

  constructor(edge: TestEdge, roomId: string) {
    this.edge = edge;
    this.roomId = roomId;
  }

  get ids(): { roomId: string; peerId: string } {
    return { roomId: this.roomId, peerId: this.peerId };
  }

  async open(
    {
      live = true,
      blind = false,
      beside = null as string | null,
      videos = 4,
      tracks = [] as readonly PublishedTrack[],
      space = undefined as string | undefined,
    } = {},
  ): Promise<PeerAnswer> {
    const { ids, placement, offer, origin } = this;
    const fields = {
      ...ids,
      placement,
      offer,
      origin,
      live,
      blind,
      beside,
      videos,
      tracks,
      ...space && { space },
    };
    return await this.edge.must("peer.open", fields) as PeerAnswer;
  }

  /** Publishes a track; returns its id. */
  async publish(
    source: TrackSource,
    { muted = false, trackId = randomUUID() as string } = {},
  ): Promise<string> {
    await this.edge.must("track.publish", {
      ...this.ids,
      trackId,
      source,
      muted,
      rtpParameters: makeRtpParameters(source),
    });
    return trackId;
  }

  /** Moves into a space; null: the main room. */
  async move(space: string | null): Promise<void> {
    await this.edge.must("peers.move", { roomId: this.roomId, peerIds: [this.peerId], space });
  }

  /** Sends a track to these only; null: everyone in the space. */
  async whisper(trackId: string, to: readonly TestPerson[] | null): Promise<void> {
    const audience = to && to.map(({ peerId }) => peerId);
    await this.edge.must("track.audience", { ...this.ids, trackId, audience });
  }

  /** Shows tracks in tiles of a height; audio and hidden tracks have none. */
  async show(...tiles: [trackId: string, height: number][]): Promise<void> {
    const tracks = tiles.map(([trackId, height]) => ({
      trackId,
      width: Math.round(height * 16 / 9),
      height,
      priority: 10,
    }));
    await this.edge.must("view.set", { ...this.ids, tracks });
  }
}

/** A random room id. */
export function newRoomId(): string {
  const id = newId(16);
  return `${id.slice(0, 4)}-${id.slice(4, 8)}-${id.slice(8, 12)}`;
}
