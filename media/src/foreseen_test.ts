import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import type { PublishedTrack } from "@tafelrunde/protocol/media";
import type { JsonObject, TrackSource } from "@tafelrunde/protocol";
import { foreseen } from "./foreseen.ts";
import type { RunningNode } from "./main.ts";
import { TestEdge } from "./test_edge.ts";
import { startTestNode } from "./test_node.ts";
import { makeRtpParameters, newRoomId, TestPerson } from "./test_person.ts";

let running: RunningNode;
let edge: TestEdge;
let roomId: string;
before(async () => {
  running = await startTestNode();
});
beforeEach(async () => {
  roomId = newRoomId();
  edge = await TestEdge.connect(running.port);
});
afterEach(() => edge[Symbol.asyncDispose]());
after(() => running[Symbol.asyncDispose]());

/** A track as it was published elsewhere. */
function published(source: TrackSource, muted = false): PublishedTrack {
  const given = makeRtpParameters(source);
  const rtpParameters = {
    ...given,
    encodings: source === "camera" ? [{ rid: "r0" }, { rid: "r1" }] : given["encodings"],
  } as unknown as JsonObject;
  return { trackId: crypto.randomUUID() as PublishedTrack["trackId"], source, muted, rtpParameters };
}

/** The same track as a client sends it over its next transport. */
function sentAnew(track: PublishedTrack, mid: string): PublishedTrack {
  const { encodings } = makeRtpParameters(track.source);
  const isLayered = track.source === "camera";
  return {
    ...track,
    rtpParameters: { ...track.rtpParameters, mid, ...!isLayered && { encodings: encodings as JsonObject[] } },
  };
}

function producerIdOf(trackId: string): string | undefined {
  const track = running.node.rooms.get(roomId)!.tracks.get(trackId);
  return track?.origin.at === "here" ? track.origin.track.producer.id : undefined;
}

test("foreseen parameters have no SSRCs, sections in the order of the sources, and no muted video", () => {
  const tracks = [published("screen"), published("camera", true), published("microphone", true)];
  assert.deepEqual(
    foreseen(tracks).map((
      { source, rtpParameters: { mid, encodings } },
    ) => [source, mid, encodings[0]?.ssrc]),
    [["microphone", "0", undefined], ["screen", "1", undefined]],
  );
  const unlike = {
    ...published("camera"),
    rtpParameters: makeRtpParameters("camera") as unknown as JsonObject,
  };
  assert.deepEqual(foreseen([unlike]), [], "layers that only SSRCs tell apart");
});

test("[F15] a participant of a lost node is seen and heard before their client announces what it sends", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  const [microphone, camera] = [published("microphone"), published("camera")];
  await ada.open({ tracks: [camera, microphone] });
  const { consumers } = await ben.open();
  assert.deepEqual(
    consumers.map(({ trackId }) => trackId).sort(),
    [microphone.trackId, camera.trackId].sort(),
  );
  const before = producerIdOf(camera.trackId);
  for (const [mid, track] of [microphone, camera].entries()) {
    await edge.must("track.publish", { ...ada.ids, ...sentAnew(track, String(mid)) });
  }
  assert.equal(producerIdOf(camera.trackId), before);
  assert.ok(edge.notices.every(({ type }) => type !== "consumers.closed"));
});

test("[F15] a track sent with other parameters than foreseen is received as it is sent", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  const [microphone, camera] = [published("microphone"), published("camera")];
  await ada.open({ tracks: [microphone, camera] });
  await ben.open();
  // The microphone is gone: the camera comes in the section that was foreseen for it.
  await edge.must("track.publish", { ...ada.ids, ...sentAnew(camera, "0") });
  assert.equal(producerIdOf(microphone.trackId), undefined);
  const room = running.node.rooms.get(roomId)!;
  assert.deepEqual([...room.tracks].map(([trackId]) => trackId), [camera.trackId]);
  // Sent after all.
  await edge.must("track.publish", { ...ada.ids, ...sentAnew(microphone, "1") });
  assert.notEqual(producerIdOf(microphone.trackId), undefined);
});

test("[F15] a late track of an earlier transport is replaced by the same one as it is sent now", async () => {
  const ada = new TestPerson(edge, roomId);
  await ada.open();
  const microphone = published("microphone");
  await edge.must("track.publish", { ...ada.ids, ...microphone });
  const before = producerIdOf(microphone.trackId);
  await edge.must("track.publish", { ...ada.ids, ...microphone });
  assert.equal(producerIdOf(microphone.trackId), before, "repeated: the same");
  await edge.must("track.publish", { ...ada.ids, ...sentAnew(microphone, "7") });
  assert.notEqual(producerIdOf(microphone.trackId), before);
});

test("[F15] a track that a client is missing is announced to it again", async () => {
  const [ada, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await ada.open();
  const trackIds = [await ada.publish("camera"), await ada.publish("microphone")];
  const { consumers, send } = await ben.open();
  for (const trackId of trackIds) {
    await edge.must("track.refresh", { ...ben.ids, trackId });
    const told = await edge.notice("consumers.opened");
    assert.equal(told.path, send.id);
    assert.deepEqual(told.consumers, consumers.filter((consumer) => consumer.trackId === trackId));
  }
});

test("[F15] new ICE parameters apply to the requesting transport only", async () => {
  const ada = new TestPerson(edge, roomId);
  const { send } = await ada.open();
  const ask = { ...ada.ids, direction: "send" };
  await assert.rejects(
    edge.must("transport.restart", { ...ask, path: crypto.randomUUID() }),
    /: peer\.unknown$/,
  );
  const restarted = await edge.must("transport.restart", { ...ask, path: send.id }) as { path: string };
  assert.equal(restarted.path, send.id);
});
