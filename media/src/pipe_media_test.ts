import assert from "node:assert/strict";
import { test } from "node:test";
import { startSite, TestRoom } from "./test_cluster.ts";
import { until, untilAsync } from "./test_edge.ts";
import { makeLossyNetwork } from "./test_lossy_pipe.ts";
import { newRoomId } from "./test_person.ts";
import { RtpSink, RtpSource } from "./test_rtp.ts";
import { KEY_FRAME_REQUEST_DELAY_MS } from "./track.ts";

/**
 * So few that each peer of a room is on its own worker, and enough that the second peer is within the room's
 * share of a node of two.
 */
const WORKER_CONSUMERS = "4";

/** Sends until it is disposed. */
function makeFlow(source: RtpSource): Disposable {
  const timer = setInterval(() => source.send(), 5);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

test("[K3] [K10] packets pass a pipe encrypted, to all workers, and those of a muted track do not", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber", { WORKERS: "3", WORKER_CONSUMERS });
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
  using _flow = makeFlow(source);
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
  for (const sink of sinks) await sink[Symbol.asyncDispose]();
});

/** Two nodes, a publisher on the first, and `viewers` on the second, each on their own worker. */
async function startPair(viewers = 1) {
  await using stack = new AsyncDisposableStack();
  const fra = stack.use(await startSite("fra"));
  const ber = stack.use(await startSite("ber", { WORKERS: String(viewers), WORKER_CONSUMERS }));
  const room = new TestRoom(newRoomId());
  await room.put(fra, ber);
  const ada = await room.enter(fra);
  const source = stack.use(await RtpSource.publish(fra.running.node.rooms.get(room.id)!, ada));
  for (let n = 0; n < viewers; n++) {
    await (await room.enter(ber)).show([source.trackId, 720]);
  }
  const there = ber.running.node.rooms.get(room.id)!;
  assert.equal(there.pipes.routers.length, viewers);
  const owned = stack.move();
  return {
    source,
    /** Adds a viewer on each worker. */
    async watch(): Promise<RtpSink[]> {
      return await Promise.all(
        there.pipes.routers.map(async (router) =>
          owned.use(await RtpSink.consume(there, source.trackId, router))
        ),
      );
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

test("[K10] packets lost in a pipe are retransmitted: remote viewers miss nothing", async (t) => {
  await using network = makeLossyNetwork(t, 10);
  await using pair = await startPair();
  const [sink] = await pair.watch();
  using _flow = makeFlow(pair.source);
  const arrived = () => new Set(sink!.arrivals.map(({ number }) => number));
  await until("packets", () => sink!.arrivals.length > 0);
  const { number: first } = sink!.arrivals[0]!;
  await until("losses", () => network.lost > 20);
  const last = Math.max(...arrived());
  await untilAsync(
    () => `packets of ${first} to ${last}, ${network.lost} lost`,
    () => {
      const seen = arrived();
      return Promise.resolve(
        Array.from({ length: last - first }, (_, n) => first + n).every((n) => seen.has(n)),
      );
    },
  );
});

test("[K6] simultaneous key frame requests of remote viewers are merged before they reach the publisher", async () => {
  await using pair = await startPair(2);
  using _flow = makeFlow(pair.source);
  const begunAt = performance.now();
  const sinks = (await Promise.all(Array.from({ length: 10 }, () => pair.watch()))).flat();
  assert.equal(sinks.length, 20);
  let asked = sinks.length;
  let terms = 0;
  while (terms < 4) {
    const seen = sinks.map(({ arrivals }) => arrivals.length);
    await Promise.all(sinks.map((sink) => sink.requestKeyFrame()));
    asked += sinks.length;
    for (const [index, { arrivals }] of sinks.entries()) {
      await until("packets", () => arrivals.length > seen[index]!);
    }
    terms = (performance.now() - begunAt) / KEY_FRAME_REQUEST_DELAY_MS;
  }
  const { keyFrameRequests } = pair.source;
  assert.ok(keyFrameRequests > 1, "they get through");
  assert.ok(keyFrameRequests <= 1 + Math.ceil(terms), `${keyFrameRequests} of ${asked} in ${terms} terms`);
});
