import assert from "node:assert/strict";
import { test } from "node:test";
import { startSite, TestRoom } from "./test_cluster.ts";
import { until, untilAsync } from "./test_edge.ts";
import { newRoomId } from "./test_person.ts";
import { RtpSink, RtpSource } from "./test_rtp.ts";

/** Sends until the returned function is called. */
function makeFlow(source: RtpSource): () => void {
  const timer = setInterval(() => source.send(), 5);
  return () => clearInterval(timer);
}

test("[K3] [K10] packets go through a pipe encrypted, to all workers, and a muted track's do not", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber", { WORKERS: "2", WORKER_CONSUMERS: "1" });
  const room = new TestRoom(newRoomId());
  await room.put(fra, ber);
  const ada = await room.enter(fra);
  const here = fra.running.node.rooms.get(room.id)!;
  await using source = await RtpSource.publish(here, ada);
  const [ben, cleo] = [await room.enter(ber), await room.enter(ber)];
  for (const person of [ben, cleo]) await person.show([source.trackId, 720]);
  const there = ber.running.node.rooms.get(room.id)!;
  assert.equal(there.pipes.routers.length, 2);
  const sinks = await Promise.all(
    there.pipes.routers.map((router) => RtpSink.consume(there, source.trackId, router)),
  );
  const stop = makeFlow(source);
  for (const { arrivals } of sinks) await until("packets", () => arrivals.length > 20);
  const sent = await Promise.all(here.pipes.ports().map((port) => port.bytesSent()));
  assert.equal(sent.length, 1, "it crosses to the other node once");
  assert.ok(here.pipes.ports()[0]!.address.srtpParameters !== undefined);

  await fra.edge.must("track.mute", { ...ada.ids, trackId: source.trackId, muted: true });
  await until("the news", () => there.tracks.get(source.trackId)!.muted);
  const counts = () => sinks.map(({ arrivals }) => arrivals.length);
  let before = counts();
  await untilAsync(() => "silence", async () => {
    const earlier = before;
    await new Promise((resolve) => setTimeout(resolve, 100));
    before = counts();
    return before.every((count, index) => count === earlier[index]);
  });
  await fra.edge.must("track.mute", { ...ada.ids, trackId: source.trackId, muted: false });
  await until("packets again", () => counts().every((count, index) => count > before[index]! + 10));
  stop();
  for (const sink of sinks) await sink[Symbol.asyncDispose]();
});
