import { logTo } from "@tafelrunde/protocol/process/log";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, TrackSource } from "@tafelrunde/protocol";
import type { RtpParameters } from "@tafelrunde/protocol/rtp";
import { observer } from "mediasoup";
import type { RunningNode } from "./main.ts";
import { TestEdge, until, untilAsync } from "./test_edge.ts";
import { startTestNode } from "./test_node.ts";
import { makeOffer, makeRtpParameters, newRoomId, TestPerson } from "./test_person.ts";

/** Process ids of all workers of this test, in order of their start. */
const pids: number[] = [];
observer.on("newworker", (worker) => pids.push(worker.pid));

/** Valid parameters with one change. */
function changed(source: TrackSource, path: string, value: unknown): JsonObject {
  const parameters = makeRtpParameters(source) as JsonObject;
  const keys = path.split(".");
  const last = keys.pop()!;
  let at = parameters as Record<string, unknown>;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  at[last] = value;
  return parameters;
}

const encoding = (n: number) => ({ ssrc: 1_000 + n, rtx: { ssrc: 2_000 + n } });
const deep = JSON.parse(`${"[".repeat(2_000)}${"]".repeat(2_000)}`);

/** Values that mediasoup converts, looks up or copies without validation, grouped by their effect. */
const BAD: readonly [path: string, values: readonly unknown[]][] = [
  ["encodings.0.maxBitrate", [1.5, null, "x", "10", {}, [], -1, 1e30, true, 2 ** 63]],
  ["encodings.0.ssrc", [-1, 2 ** 32, 1.5, "1", null, {}]],
  ["encodings.0.rtx", [null, "x", {}, { ssrc: "1" }, { ssrc: -1 }, { ssrc: 2 ** 40 }]],
  ["encodings.0.codecPayloadType", [-1, 256, 1.5, "96", {}]],
  ["encodings.0.dtx", ["yes", 1, {}, null]],
  ["encodings.0.scalabilityMode", [1, "L9T9", "L1T1".repeat(1_000), {}]],
  ["encodings.0.rid", [1, "r".repeat(100), "a b", {}, ""]],
  ["encodings.0.scaleResolutionDownBy", [0, -1, "2", 1e9]],
  ["encodings", [[], "x", {}, null, [null], Array.from({ length: 9 }, (_, n) => encoding(n))]],
  ["codecs", [[], {}, null, [null], Array.from({ length: 500 }, () => ({}))]],
  ["codecs.0.mimeType", [1, "VP8", "video/", `video/${"x".repeat(1_000)}`, "video/VP8\u0000"]],
  ["codecs.0.payloadType", [-1, 300, 96.5, "96", null]],
  ["codecs.0.clockRate", [-1, 0, 2 ** 33, "90000", 0.5]],
  ["codecs.0.channels", [-1, 0, 1e6, "2", {}]],
  ["codecs.0.parameters", [{ a: true }, { a: null }, { a: [1] }, { a: {} }, { a: 2 ** 40 }, deep]],
  ["codecs.0.parameters", [Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`k${n}`, n]))]],
  ["codecs.0.rtcpFeedback", ["x", [null], [{ type: 1 }], [{ type: "" }], [{ type: "nack", parameter: {} }]]],
  ["headerExtensions.0.uri", ["urn:x", 1, null, ""]],
  ["headerExtensions.0.id", [0, -1, 256, 1.5, "4"]],
  ["headerExtensions.0.parameters", [{ a: {} }, { a: true }, [[]]]],
  ["headerExtensions", ["x", [null], {}]],
  ["rtcp", ["x", { cname: 1 }, { cname: "c".repeat(58_000) }, { reducedSize: "x" }, null]],
  ["mid", [1, {}, "m".repeat(1_000), "", "a b"]],
  ["msid", [1, "s".repeat(10_000)]],
];

test("values that mediasoup would convert, look up or copy blindly are refused before they reach it", async () => {
  await using running = await startTestNode();
  await using edge = await TestEdge.connect(running.port);
  const workers = pids.length;
  const mallory = new TestPerson(edge, newRoomId());
  await mallory.open();
  const publish = (source: TrackSource, rtpParameters: JsonObject) =>
    edge.ask("track.publish", {
      ...mallory.ids,
      trackId: crypto.randomUUID(),
      source,
      muted: false,
      rtpParameters,
    });
  const passed: string[] = [];
  for (const [path, values] of BAD) {
    for (const value of values) {
      const answer = await publish("camera", changed("camera", path, value));
      const isRefused = "refused" in answer && /^(track\.invalid|request\.malformed)$/.test(answer.refused);
      if (!isRefused) passed.push(`${path} = ${JSON.stringify(value)?.slice(0, 40)}`);
    }
  }
  assert.deepEqual(passed, []);
  for (const rtpParameters of [{}, { codecs: [] }, { encodings: [] }]) {
    assert.deepEqual("refused" in await publish("camera", rtpParameters), true);
  }
  // Unknown fields have no effect.
  assert.ok("ok" in await publish("microphone", changed("microphone", "more", { of: [1, { them: null }] })));
  assert.equal(pids.length, workers, "no worker was replaced");
  await new TestPerson(edge, newRoomId()).open();
});

test("an invalid offer is refused and counted, not logged as an error with a stack", async () => {
  const lines: string[] = [];
  await using running = await startTestNode({}, logTo((level, event) => lines.push(`${level} ${event}`)));
  await using edge = await TestEdge.connect(running.port);
  const codecs = [
    "x",
    [null],
    [{}],
    [{ mimeType: "video/VP8", clockRate: "x" }],
    [{ mimeType: "audio/opus", clockRate: 48_000, parameters: { a: {} } }],
    [{ mimeType: "audio/opus", clockRate: 48_000, rtcpFeedback: [{}] }],
    ...["96", "", 128, -1, 96.5].map((apt) => [
      { mimeType: "video/rtx", clockRate: 90_000, parameters: { apt } },
    ]),
  ];
  for (const capabilities of [...codecs.map((codecs) => ({ codecs })), { headerExtensions: [{ uri: 1 }] }]) {
    const person = new TestPerson(edge, newRoomId());
    person.offer = { ...makeOffer(), capabilities };
    await assert.rejects(person.open(), /offer\.invalid/);
  }
  assert.equal(running.node.refused.get("offer.invalid"), codecs.length + 1);
  assert.deepEqual(lines.filter((line) => !line.startsWith("info")), []);
  assert.equal(running.node.rooms.size, 0);
});

/** Lets invalid parameters of the person's next track reach mediasoup, bypassing the schema. */
function takeSchemaAway(running: RunningNode, { roomId, peerId }: TestPerson): void {
  const peer = running.node.rooms.get(roomId)!.peers.get(peerId)!;
  const receive = peer.receive.bind(peer);
  peer.receive = (options) => {
    const { rtpParameters } = options;
    const encodings = rtpParameters.encodings!.map((encoding) => ({ ...encoding, maxBitrate: 1.5 }));
    return receive({ ...options, rtpParameters: { ...rtpParameters, encodings } as RtpParameters });
  };
}

test("a worker with a broken channel is replaced, and its participants recover as after a crash", async () => {
  const lines: string[] = [];
  await using running = await startTestNode({}, logTo((level, event) => lines.push(`${level} ${event}`)));
  await using edge = await TestEdge.connect(running.port);
  const [mallory, ben, cem] = [1, 2, 3].map(() => new TestPerson(edge, newRoomId())) as [
    TestPerson,
    TestPerson,
    TestPerson,
  ];
  for (const person of [mallory, ben]) await person.open();
  takeSchemaAway(running, mallory);
  await assert.rejects(mallory.publish("camera"), /track\.invalid/);
  // New peers wait meanwhile for the new worker; existing ones are notified.
  await untilAsync(() => "a path for a newcomer", () => cem.open().then(() => true, () => false));
  assert.equal((await edge.notice("peer.closed", ({ peerId }) => peerId === ben.peerId)).why, "failed");
  await ben.open();
  await ben.publish("camera");
  assert.ok(lines.includes("error worker.broken") && lines.includes("info worker.restarted"));
  assert.equal(await running.pool.isHealthy(), true);
});

test("a broken channel is detected without a client request", async () => {
  await using running = await startTestNode();
  await using edge = await TestEdge.connect(running.port);
  const ada = new TestPerson(edge, newRoomId());
  await ada.open();
  const peer = running.node.rooms.get(ada.roomId)!.peers.get(ada.peerId)!;
  takeSchemaAway(running, ada);
  const rtpParameters = makeRtpParameters("camera") as unknown as RtpParameters;
  await assert.rejects(
    peer.receive({
      trackId: crypto.randomUUID(),
      source: "camera",
      muted: false,
      rtpParameters,
      audience: null,
      isForeseen: false,
    }),
  );
  assert.equal((await edge.notice("peer.closed")).why, "failed");
});

test("a blocked worker is replaced; meanwhile the node reports that it is unhealthy", async () => {
  await using running = await startTestNode();
  await using edge = await TestEdge.connect(running.port);
  const health = async () => (await fetch(`http://127.0.0.1:${running.port}/health`)).status;
  assert.equal(await health(), 200);
  const pid = pids.at(-1)!;
  process.kill(pid, "SIGSTOP");
  assert.equal(await health(), 503);
  await until("another worker", () => pids.at(-1) !== pid);
  await new TestPerson(edge, newRoomId()).open();
  assert.equal(await health(), 200);
});
