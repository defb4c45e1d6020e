import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { randomInt, randomUUID } from "node:crypto";
import { observer, type types } from "mediasoup";
import type { Room } from "./room.ts";
import { until } from "./test_edge.ts";
import type { TestPerson } from "./test_person.ts";
import { LocalTrack, trackIdOf } from "./track.ts";

/** All routers of this process, which a room does not expose, and their producers by track. */
const routers = new Map<
  string,
  { readonly router: types.Router; readonly producers: Map<string, types.Producer> }
>();
observer.on("newworker", (worker) =>
  worker.observer.on("newrouter", (router) => {
    const producers = new Map<string, types.Producer>();
    routers.set(router.id, { router, producers });
    router.observer.once("close", () => routers.delete(router.id));
    router.observer.on("newtransport", (transport) =>
      transport.observer.on("newproducer", (producer) => {
        if (producer.appData["trackId"] !== undefined) producers.set(trackIdOf(producer), producer);
      }));
  }));

const LISTEN = { protocol: "udp", ip: "127.0.0.1" } as const;
const PAYLOAD_TYPE = 96;

/** Payload size of one packet, bytes: most of a network's 1,500. */
const PAYLOAD_BYTES = 1_100;

/**
 * VP8 payload descriptor and header of the first packet of a key frame (RFC 7741 §4): any packet can be the
 * first to be forwarded.
 */
const KEY_FRAME = [0x10, 0x00];

/** A packet as a sink receives it. */
export interface Arrival {
  readonly number: number;
  /** From `RtpSource.send` to the sink, by the machine's clock, ms. */
  readonly delayMs: number;
}

/** A video track that sends packets on demand, in place of a browser. */
export class RtpSource implements AsyncDisposable {
  readonly trackId: string;
  readonly #socket: Socket;
  readonly #ssrc: number;
  #number = 0;
  #keyFrameRequests = 0;

  private constructor(trackId: string, socket: Socket, ssrc: number) {
    this.trackId = trackId;
    this.#socket = socket;
    this.#ssrc = ssrc;
    socket.on("message", (packet) => {
      this.#keyFrameRequests += countKeyFrameRequests(packet);
    });
  }

  /** Number of key frame requests it received. */
  get keyFrameRequests(): number {
    return this.#keyFrameRequests;
  }

  /** Publishes a track of `person`, who is in `room`. */
  static async publish(room: Room, person: TestPerson, trackId = randomUUID() as string): Promise<RtpSource> {
    const peer = room.peers.get(person.peerId)!;
    const receive = peer.receive.bind(peer);
    return await RtpSource.open(
      routers.get(peer.router.id)!.router,
      trackId,
      async (plain, rtpParameters) => {
        // The peer's own transport waits for a browser; this one accepts plain RTP.
        peer.receive = (options) =>
          LocalTrack.receive(plain as unknown as types.WebRtcTransport, { ...options, peerId: peer.id });
        peer.receivedBytes = async () =>
          (await plain.getStats()).reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
        const track = { trackId, source: "screen", muted: false, rtpParameters };
        await person.edge.must("track.publish", { ...person.ids, ...track });
        peer.receive = receive;
      },
    );
  }

  /** Sends to `router`, once `produce` has created a producer with its parameters on the transport. */
  static async open(
    router: types.Router,
    trackId: string,
    produce: (transport: types.PlainTransport, rtpParameters: types.RtpParameters) => Promise<unknown>,
  ): Promise<RtpSource> {
    const plain = await router.createPlainTransport({ listenInfo: LISTEN, rtcpMux: true, comedia: true });
    const ssrc = randomInt(1, 2 ** 31);
    await produce(plain, {
      codecs: [{
        mimeType: "video/VP8",
        payloadType: PAYLOAD_TYPE,
        clockRate: 90000,
        rtcpFeedback: [{ type: "nack", parameter: "pli" }],
      }],
      encodings: [{ ssrc }],
    });
    const socket = createSocket("udp4");
    socket.connect(plain.tuple.localPort, LISTEN.ip);
    await once(socket, "connect");
    return new RtpSource(trackId, socket, ssrc);
  }

  /** Sends one packet; returns its number. */
  send(): number {
    const number = this.#number++;
    const packet = Buffer.alloc(12 + PAYLOAD_BYTES);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(0x80 | PAYLOAD_TYPE, 1);
    packet.writeUInt16BE(number & 0xffff, 2);
    packet.writeUInt32BE(Math.round(performance.now() * 90) >>> 0, 4);
    packet.writeUInt32BE(this.#ssrc, 8);
    packet.set(KEY_FRAME, 12);
    packet.writeUInt32BE(number, 12 + 4);
    packet.writeBigUInt64BE(process.hrtime.bigint(), 12 + 8);
    this.#socket.send(packet);
    return number;
  }

  /** Sends a sender report, as browsers do also for a static screen. Source: RFC 3550 §6.4.1. */
  report(): void {
    const packet = Buffer.alloc(28);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(200, 1);
    packet.writeUInt16BE(packet.length / 4 - 1, 2);
    packet.writeUInt32BE(this.#ssrc, 4);
    packet.writeUInt32BE(this.#number, 20);
    this.#socket.send(packet);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

/** Receives a track from a node, beside the room's peers, and records arrival times. */
export class RtpSink implements AsyncDisposable {
  readonly arrivals: Arrival[] = [];
  readonly #socket: Socket;
  readonly #transport: types.PlainTransport;
  readonly #consumer: types.Consumer;
  readonly #ssrc: number;

  private constructor(socket: Socket, transport: types.PlainTransport, consumer: types.Consumer) {
    this.#socket = socket;
    this.#transport = transport;
    this.#consumer = consumer;
    this.#ssrc = consumer.rtpParameters.encodings![0]!.ssrc!;
    socket.on("message", (packet) => this.#take(packet));
  }

  /** Consumes a track on one of the room's routers, as soon as it exists there. */
  static async consume(room: Room, trackId: string, router = room.pipes.routers[0]!): Promise<RtpSink> {
    const known = routers.get(router.id)!;
    const producer = await until("the track", () => known.producers.get(trackId));
    return await RtpSink.open(known.router, producer.id);
  }

  static async open(router: types.Router, producerId: string): Promise<RtpSink> {
    const socket = createSocket("udp4");
    socket.bind(0, LISTEN.ip);
    await once(socket, "listening");
    const transport = await router.createPlainTransport({ listenInfo: LISTEN, rtcpMux: true });
    await transport.connect({ ip: LISTEN.ip, port: socket.address().port });
    const consumer = await transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities });
    return new RtpSink(socket, transport, consumer);
  }

  /** Requests a key frame, as a viewer that has lost the picture does. */
  async requestKeyFrame(): Promise<void> {
    await this.#consumer.requestKeyFrame();
  }

  #take(packet: Buffer): void {
    const now = process.hrtime.bigint();
    // RTCP arrives on the same port, and mediasoup's bandwidth probing in a stream of its own.
    if (packet.length < 12 || packet.readUInt32BE(8) !== this.#ssrc) return;
    const hasExtension = (packet.readUInt8(0) & 0x10) !== 0;
    const at = 12 + (hasExtension ? 4 + 4 * packet.readUInt16BE(14) : 0);
    const sentAt = packet.readBigUInt64BE(at + 8);
    this.arrivals.push({ number: packet.readUInt32BE(at + 4), delayMs: Number(now - sentAt) / 1e6 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#transport.close();
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

/** Number of PLIs in an RTCP packet. Source: RFC 3550 §6.1, RFC 4585 §6.3.1. */
function countKeyFrameRequests(packet: Buffer): number {
  let count = 0;
  for (let at = 0; at + 4 <= packet.length; at += 4 + 4 * packet.readUInt16BE(at + 2)) {
    const [format, type] = [packet.readUInt8(at) & 0x1f, packet.readUInt8(at + 1)];
    if (type === 206 && format === 1) count += 1;
  }
  return count;
}
