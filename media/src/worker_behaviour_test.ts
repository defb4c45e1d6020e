/**
 * Behavior of mediasoup's worker that the product relies on, checked with the worker built here: units
 * compiled together must behave as if compiled separately.
 */
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import process from "node:process";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { createWorker, type types } from "mediasoup";
import { MEDIA_CODECS } from "./capabilities.ts";
import { until } from "./test_edge.ts";

const LISTEN = { protocol: "udp", ip: "127.0.0.1" } as const;

const VIDEO_TYPE = 101;
const AUDIO_TYPE = 100;
const LEVEL_ID = 10;

/** VP8 payload descriptor and header of the first packet of a key frame (RFC 7741 §4). */
const KEY_FRAME = [0x10, 0x00];

/** A worker process with one router. */
class Site implements AsyncDisposable {
  readonly worker: types.Worker;
  readonly router: types.Router;
  private constructor(worker: types.Worker, router: types.Router) {
    this.worker = worker;
    this.router = router;
  }

  static async start(): Promise<Site> {
    const workerBin = process.env["MEDIASOUP_WORKER_BIN"];
    const worker = await createWorker({ logLevel: "error", ...(workerBin ? { workerBin } : {}) });
    return new Site(worker, await worker.createRouter({ mediaCodecs: MEDIA_CODECS }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.worker.subprocessClosed) return;
    const gone = once(this.worker, "subprocessclose");
    this.worker.close();
    await gone;
  }
}

interface Packet {
  readonly type: number;
  readonly ssrc: number;
  readonly number: number;
  readonly payload: Buffer;
  /** RFC 6464: 0 is the loudest level, 127 is silence. */
  readonly level?: number;
}

function makePacket({ type, ssrc, number, payload, level }: Packet): Buffer {
  const extension = level === undefined
    ? Buffer.alloc(0)
    : Buffer.from([0xbe, 0xde, 0, 1, LEVEL_ID << 4, 0x80 | level, 0, 0]);
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80 | (level === undefined ? 0 : 0x10), 0);
  header.writeUInt8(0x80 | type, 1);
  header.writeUInt16BE(number & 0xffff, 2);
  header.writeUInt32BE(timestampOf(number), 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, extension, payload]);
}

/** Number and payload of a packet that has passed a worker. */
function readPacket(packet: Buffer): { number: number; payload: Buffer } {
  const hasExtension = (packet.readUInt8(0) & 0x10) !== 0;
  const at = 12 + (hasExtension ? 4 + 4 * packet.readUInt16BE(14) : 0);
  return { number: packet.readUInt16BE(2), payload: packet.subarray(at) };
}

const videoParameters = (ssrcs: readonly number[]): types.RtpParameters => ({
  codecs: [{
    mimeType: "video/VP8",
    payloadType: VIDEO_TYPE,
    clockRate: 90_000,
    rtcpFeedback: [{ type: "nack", parameter: "pli" }],
  }],
  encodings: ssrcs.map((ssrc) => ({ ssrc })),
});

let nextNumber = 0;

/** Sends repeatedly until a condition holds: UDP packets can be lost. */
async function sendUntil(
  what: string,
  send: (number: number) => void,
  condition: () => boolean,
): Promise<void> {
  const timer = setInterval(() => send(nextNumber++), 5);
  try {
    await until(what, condition);
  } finally {
    clearInterval(timer);
  }
}

/** Injects packets into a router without a network. */
async function directSource(router: types.Router, kind: types.MediaKind, rtpParameters: types.RtpParameters) {
  const transport = await router.createDirectTransport();
  const producer = await transport.produce({ kind, rtpParameters });
  return {
    producer,
    send(packet: Packet) {
      // A viewer switches streams once sender reports have related both timelines.
      if (packet.number % 50 === 1) transport.sendRtcp(makeReport(packet));
      producer.send(makePacket(packet));
    },
  };
}

/** A sender report: the wall-clock time of a packet's timestamp. Source: RFC 3550 §6.4.1. */
function makeReport({ ssrc, number }: Packet): Buffer {
  const report = Buffer.alloc(28);
  report.writeUInt8(0x80, 0);
  report.writeUInt8(200, 1);
  report.writeUInt16BE(6, 2);
  report.writeUInt32BE(ssrc, 4);
  const seconds = Date.now() / 1000 + 2_208_988_800;
  report.writeUInt32BE(Math.floor(seconds), 8);
  report.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), 12);
  report.writeUInt32BE(timestampOf(number), 16);
  report.writeUInt32BE(number, 20);
  return report;
}

const timestampOf = (number: number) => (number * 450) >>> 0;

/** Receives packets from a router without a network. */
async function directSink(router: types.Router, producerId: string) {
  const transport = await router.createDirectTransport();
  const consumer = await transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities });
  const packets: { number: number; payload: Buffer }[] = [];
  consumer.on("rtp", (packet) => packets.push(readPacket(packet)));
  return { consumer, packets };
}

test("a WebRTC transport offers its server's port over UDP and TCP, a certificate, and data channels", async () => {
  await using site = await Site.start();
  const webRtcServer = await site.worker.createWebRtcServer({
    listenInfos: [LISTEN, { protocol: "tcp", ip: "127.0.0.1" }],
  });
  const { udpSockets: [udp], tcpServers: [tcp] } = await webRtcServer.dump();
  const open = () =>
    site.router.createWebRtcTransport({ webRtcServer, enableSctp: true, iceConsentTimeout: 20 });
  const [one, other] = await Promise.all([open(), open()]);
  assert.deepEqual(one.iceCandidates.map(({ protocol, port }) => [protocol, port]).sort(), [
    ["tcp", tcp?.port],
    ["udp", udp?.port],
  ]);
  assert.notEqual(one.iceParameters.usernameFragment, other.iceParameters.usernameFragment);
  assert.ok(one.dtlsParameters.fingerprints.some(({ algorithm }) => algorithm === "sha-256"));
  assert.deepEqual(one.dtlsParameters.fingerprints, other.dtlsParameters.fingerprints);
  assert.equal(one.sctpParameters?.maxMessageSize, 262_144);
  assert.equal(one.sctpState, "new");
  const before = one.iceParameters;
  const after = await one.restartIce();
  assert.notEqual(after.usernameFragment, before.usernameFragment);
  assert.notEqual(after.password, before.password);
  const closed = once(one, "routerclose");
  site.router.close();
  await closed;
});

const MAGIC = 0x2112a442;

/** A signed STUN binding request. Source: RFC 8489 §5, §14.5, §14.7; RFC 8445 §7.1. */
function makeBinding(local: string, password: string): Buffer {
  const attribute = (type: number, value: Buffer) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(value.length, 2);
    return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
  };
  const attributes = Buffer.concat([
    attribute(0x0006, Buffer.from(`${local}:someone`)),
    attribute(0x0024, Buffer.from([0x6e, 0, 0, 0xff])),
    attribute(0x802a, randomBytes(8)),
    attribute(0x0025, Buffer.alloc(0)),
  ]);
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x0001, 0);
  head.writeUInt32BE(MAGIC, 4);
  const request = Buffer.concat([head, randomBytes(12), attributes]);
  request.writeUInt16BE(attributes.length + 24, 2);
  const integrity = attribute(0x0008, createHmac("sha1", password).update(request).digest());
  const signed = Buffer.concat([request, integrity]);
  signed.writeUInt16BE(attributes.length + 24 + 8, 2);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(signed) ^ 0x5354554e) >>> 0);
  return Buffer.concat([signed, attribute(0x8028, fingerprint)]);
}

/** "success", or the error code. Source: RFC 8489 §14.8. */
function readAnswer(answer: Buffer): "success" | number {
  if (answer.readUInt16BE(0) === 0x0101) return "success";
  for (let at = 20; at < answer.length; at += 4 + (answer.readUInt16BE(at + 2) + 3 & ~3)) {
    if (answer.readUInt16BE(at) === 0x0009) return 100 * answer.readUInt8(at + 6) + answer.readUInt8(at + 7);
  }
  return assert.fail("an answer without an error");
}

test("ICE answers requests with the right password over UDP and TCP, and refuses others", async () => {
  await using site = await Site.start();
  const webRtcServer = await site.worker.createWebRtcServer({
    listenInfos: [LISTEN, { protocol: "tcp", ip: "127.0.0.1" }],
  });
  const transport = await site.router.createWebRtcTransport({ webRtcServer });
  const { usernameFragment, password } = transport.iceParameters;
  const port = (protocol: string) =>
    transport.iceCandidates.find((candidate) => candidate.protocol === protocol)!.port;

  const socket = createSocket("udp4");
  try {
    socket.connect(port("udp"), "127.0.0.1");
    await once(socket, "connect");
    const ask = async (request: Buffer) => {
      socket.send(request);
      return (await once(socket, "message"))[0] as Buffer;
    };
    assert.equal(readAnswer(await ask(makeBinding(usernameFragment, "not the password"))), 401);
    assert.equal(transport.iceState, "new");
    assert.equal(readAnswer(await ask(makeBinding(usernameFragment, password))), "success");
    await until("ICE", () => transport.iceState === "completed" || transport.iceState === "connected");
    assert.equal(transport.iceSelectedTuple?.remotePort, socket.address().port);
  } finally {
    socket.close();
  }

  const tcp = connect(port("tcp"), "127.0.0.1");
  try {
    const request = makeBinding(usernameFragment, password);
    // RFC 4571: a length precedes each packet.
    tcp.write(Buffer.concat([Buffer.from([request.length >> 8, request.length & 0xff]), request]));
    const [answer] = await once(tcp, "data") as [Buffer];
    assert.equal(readAnswer(answer.subarray(2)), "success");
  } finally {
    tcp.destroy();
  }
});

const SUITES = [
  "AEAD_AES_256_GCM",
  "AEAD_AES_128_GCM",
  "AES_CM_128_HMAC_SHA1_80",
  "AES_CM_128_HMAC_SHA1_32",
] as const;

for (const srtpCryptoSuite of SUITES) {
  test(`SRTP with ${srtpCryptoSuite}: packets arrive unchanged, and none with another key`, async () => {
    await using near = await Site.start();
    await using far = await Site.start();
    const source = await directSource(near.router, "video", videoParameters([1111]));
    const open = ({ router }: Site) =>
      router.createPlainTransport({ listenInfo: LISTEN, rtcpMux: true, enableSrtp: true, srtpCryptoSuite });
    const end = (transport: types.PlainTransport) => ({ ip: "127.0.0.1", port: transport.tuple.localPort });
    /** A pipe from near to far; \`key\` is what the far end takes for the near one's. */
    const join = async (key?: string) => {
      const [out, back] = await Promise.all([open(near), open(far)]);
      await out.connect({ ...end(back), srtpParameters: back.srtpParameters! });
      const { cryptoSuite, keyBase64 } = out.srtpParameters!;
      await back.connect({ ...end(out), srtpParameters: { cryptoSuite, keyBase64: key ?? keyBase64 } });
      const sent = await out.consume({
        producerId: source.producer.id,
        rtpCapabilities: near.router.rtpCapabilities,
      });
      const { codecs, encodings } = sent.rtpParameters;
      const producer = await back.produce({
        kind: "video",
        rtpParameters: {
          codecs: codecs.slice(0, 1),
          encodings: encodings!.map(({ ssrc }) => ({ ssrc: ssrc! })),
        },
      });
      return { sink: await directSink(far.router, producer.id), transport: back };
    };
    const right = await join();
    const keyBytes = Buffer.from(right.transport.srtpParameters!.keyBase64, "base64").length;
    const wrong = await join(randomBytes(keyBytes).toString("base64"));
    const payload = Buffer.concat([Buffer.from(KEY_FRAME), randomBytes(1_000)]);
    await sendUntil(
      "packets",
      (number) => source.send({ type: VIDEO_TYPE, ssrc: 1111, number, payload }),
      () => right.sink.packets.length > 20,
    );
    assert.ok(right.sink.packets.every((packet) => packet.payload.equals(payload)));
    const [stats] = await wrong.transport.getStats();
    assert.ok(stats!.bytesReceived > 0, "encrypted ones have come");
    assert.equal(wrong.sink.packets.length, 0);
  });
}

for (const enableSrtp of [false, true]) {
  test(`data crosses a pipe ${enableSrtp ? "with" : "without"} SRTP over SCTP: complete, in order, text distinct from bytes`, async () => {
    await using near = await Site.start();
    await using far = await Site.start();
    const open = ({ router }: Site) =>
      router.createPipeTransport({ listenInfo: LISTEN, enableSctp: true, enableSrtp });
    const [out, back] = await Promise.all([open(near), open(far)]);
    const join = (one: types.PipeTransport, { tuple, srtpParameters }: types.PipeTransport) =>
      one.connect({ ip: "127.0.0.1", port: tuple.localPort, ...(srtpParameters ? { srtpParameters } : {}) });
    await Promise.all([join(out, back), join(back, out)]);

    const source = await (await near.router.createDirectTransport()).produceData({ label: "chat" });
    const sent = await out.consumeData({ dataProducerId: source.id });
    const producer = await back.produceData({
      id: sent.id,
      sctpStreamParameters: sent.sctpStreamParameters!,
    });
    const sink = await (await far.router.createDirectTransport()).consumeData({
      dataProducerId: producer.id,
    });
    const arrived: { text: boolean; bytes: Buffer }[] = [];
    sink.on("message", (bytes, ppid) => arrived.push({ text: ppid === 51 || ppid === 56, bytes }));
    await until("SCTP", () => out.sctpState === "connected" && back.sctpState === "connected");

    const messages: (string | Buffer)[] = [
      "ä",
      ...[1, 1_200, 65_536, 262_144].map((size) => randomBytes(size)),
      ...Array.from({ length: 500 }, (_, index) => `message ${index}`),
    ];
    for (const message of messages) source.send(message);
    await until("all messages", () => arrived.length === messages.length);
    for (const [index, message] of messages.entries()) {
      assert.equal(arrived[index]!.text, typeof message === "string");
      assert.ok(arrived[index]!.bytes.equals(Buffer.from(message)), `message ${index}`);
    }
  });
}

test("a viewer of a track in three sizes gets the requested one, with gapless sequence numbers", async () => {
  await using site = await Site.start();
  const ssrcs = [2001, 2002, 2003];
  const source = await directSource(site.router, "video", videoParameters(ssrcs));
  const { consumer, packets } = await directSink(site.router, source.producer.id);
  assert.equal(consumer.type, "simulcast");
  /** Each packet begins a key frame, followed by its size. */
  const send = (number: number) => {
    for (const [layer, ssrc] of ssrcs.entries()) {
      source.send({
        type: VIDEO_TYPE,
        ssrc,
        number,
        payload: Buffer.from([...KEY_FRAME, layer, 0, 0, 0, 0, 0, 0, 0]),
      });
    }
  };
  const layerOf = ({ payload }: { payload: Buffer }) => payload.readUInt8(2);
  const gets = async (spatialLayer: number) => {
    await consumer.setPreferredLayers({ spatialLayer });
    packets.length = 0;
    await sendUntil(
      `size ${spatialLayer}`,
      send,
      () => packets.slice(-10).filter((packet) => layerOf(packet) === spatialLayer).length === 10,
    );
    assert.equal(consumer.currentLayers?.spatialLayer, spatialLayer);
    const numbers = packets.slice(-10).map(({ number }) => number);
    assert.deepEqual(numbers, numbers.map((_, index) => (numbers[0]! + index) & 0xffff));
  };
  for (const layer of [2, 0, 1]) await gets(layer);

  // mediasoup emits notifications that the worker sent before a response one turn of the event loop after it.
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await consumer.pause();
  await turn();
  const before = packets.length;
  for (let count = 0; count < 10; count++) send(nextNumber++);
  await consumer.getStats(); // The worker handles requests in order: all sent packets are processed.
  await turn();
  assert.equal(packets.length, before);
});

test("the loudest voice is reported, and silence too", async () => {
  await using site = await Site.start();
  const observer = await site.router.createAudioLevelObserver({
    maxEntries: 1,
    threshold: -70,
    interval: 250,
  });
  const parameters = (ssrc: number): types.RtpParameters => ({
    codecs: [{ mimeType: "audio/opus", payloadType: AUDIO_TYPE, clockRate: 48_000, channels: 2 }],
    headerExtensions: [{ uri: "urn:ietf:params:rtp-hdrext:ssrc-audio-level", id: LEVEL_ID }],
    encodings: [{ ssrc }],
  });
  const loud = await directSource(site.router, "audio", parameters(3001));
  const quiet = await directSource(site.router, "audio", parameters(3002));
  for (const { producer } of [loud, quiet]) await observer.addProducer({ producerId: producer.id });
  let heard: string | undefined;
  observer.on("volumes", ([volume]) => (heard = volume?.producer.id));
  observer.on("silence", () => (heard = undefined));
  await sendUntil("the loudest", (number) => {
    const payload = randomBytes(60);
    loud.send({ type: AUDIO_TYPE, ssrc: 3001, number, payload, level: 20 });
    quiet.send({ type: AUDIO_TYPE, ssrc: 3002, number, payload, level: 50 });
  }, () => heard === loud.producer.id);
  await until("silence", () => heard === undefined);
});

test("a worker reports what it holds and uses, and closes all of it with itself", async () => {
  await using site = await Site.start();
  const transport = await site.router.createPipeTransport({ listenInfo: LISTEN });
  const { routerIds } = await site.worker.dump();
  assert.deepEqual(routerIds, [site.router.id]);
  const { ru_utime, ru_stime } = await site.worker.getResourceUsage();
  assert.ok(ru_utime + ru_stime > 0);
  const died = once(site.worker, "died");
  const closed = once(transport, "routerclose");
  process.kill(site.worker.pid, "SIGKILL");
  await Promise.all([died, closed]);
  assert.ok(site.worker.died && transport.closed);
});
