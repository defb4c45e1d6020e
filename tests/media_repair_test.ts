import assert from "node:assert/strict";
import {
  type JsonObject,
  newCommandId,
  type ParticipantId,
  type PeerOffer,
  randomToken,
  type TrackId,
  type TrackSource,
} from "@tafelrunde/protocol";
import { makeOffer, makeRtpParameters } from "../media/src/test_person.ts";
import { makeLocalBus } from "../edge/bus/local.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { ControlProxy } from "./control_proxy.ts";
import { startTestEdge } from "./edge_rig.ts";
import { startMediaProcess } from "./media_process.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Longest wait for an action that is repeated until it is done, ms. */
const PATIENCE_MS = 40_000;

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A participant in the room with media. */
async function comeIn(client: SignalClient, origin: string, name: string): Promise<SignalClient> {
  const { peer } = await client.enter(origin, { peer: makeOffer() as PeerOffer });
  assert.ok(typeof peer === "object" && peer !== null, "a node takes them");
  await client.ask({ type: "participant.join", name });
  await client.until(() => client.state.seq > 0);
  return client;
}

async function publish(client: SignalClient, source: TrackSource): Promise<TrackId> {
  const trackId = crypto.randomUUID() as TrackId;
  const rtpParameters = makeRtpParameters(source) as JsonObject;
  const answer = await client.ask({ type: "track.publish", trackId, source, muted: false, rtpParameters });
  assert.equal(answer.type, "track.published");
  return trackId;
}

testOnStores("requests that a node did not carry out", async ({ store }, t) => {
  await using node = await startMediaProcess();
  await using proxy = await ControlProxy.start(node.url);
  await using bus = makeLocalBus();
  await using edge = await startTestEdge({ store, bus, mediaNodes: [proxy.url] });
  const mayFail = (type: string, times: number, fate: "refused" | "swallowed" = "refused") => {
    let left = times;
    proxy.fate = (request) => request.type === type && left-- > 0 ? fate : "passes";
  };
  const device = randomToken();
  const room = await createRoom(edge.origin, "", device);
  const owner = await comeIn(new SignalClient(room, { device }), edge.origin, "Olga");
  const anna = await comeIn(new SignalClient(room), edge.origin, "Anna");
  const trackOnNode = (trackId: TrackId) =>
    proxy.peers.get(anna.you!)?.tracks.find((track) => track.trackId === trackId);

  await t.step("[F13] a mute is repeated until the node has it", async () => {
    const microphone = await publish(anna, "microphone");
    await until("the track", () => trackOnNode(microphone) !== undefined);
    mayFail("track.mute", 2);
    await anna.ask({ type: "track.mute", trackId: microphone, muted: true });
    await until("the mute", () => trackOnNode(microphone)?.muted === true);
    mayFail("track.mute", 1, "swallowed");
    await anna.ask({ type: "track.mute", trackId: microphone, muted: false });
    await until("the end of the mute", () => trackOnNode(microphone)?.muted === false);
  });

  await t.step("[F13] so is closing a track", async () => {
    const camera = await publish(anna, "camera");
    await until("the track", () => trackOnNode(camera) !== undefined);
    mayFail("track.close", 2);
    await anna.ask({ type: "track.unpublish", trackId: camera });
    await until("its end", () => proxy.peers.has(anna.you!) && trackOnNode(camera) === undefined);
  });

  await t.step("[R6] what a moderator stops is shown as done when the node has confirmed it", async () => {
    for (
      const [source, type, asked] of [
        ["microphone", "track.muted", "track.mute"],
        ["camera", "track.unpublished", "track.close"],
      ] as const
    ) {
      const known = Object.values(anna.state.tracks).find((track) => track.source === source)?.id;
      const trackId = known ?? await publish(anna, source);
      await until("the track", () => trackOnNode(trackId)?.muted === false);
      const done = () => owner.events.some((event) => event.type === type && event.trackId === trackId);
      const before = owner.events.length;
      proxy.fate = (request) => request.type === asked ? "refused" : "passes";
      const refusals = proxy.count(asked);
      await owner.ask({ type: "track.stop", trackId });
      await until("three tries", () => proxy.count(asked) >= refusals + 3);
      const told = () => owner.events.slice(before).map((event) => event.type);
      assert.deepEqual(told().filter((told) => told.startsWith("track.")), ["track.stopping"]);
      assert.equal(owner.state.tracks[trackId]?.muted, false);
      proxy.fate = () => "passes";
      await until("the confirmation", done);
      await until("the node", () => trackOnNode(trackId)?.muted !== false);
    }
  });

  await t.step(
    "[J14] a new hello reports the tracks it ends, as they were muted or stopped by then",
    async () => {
      const ben = await comeIn(new SignalClient(room), edge.origin, "Ben");
      const microphone = await publish(ben, "microphone");
      const camera = await publish(ben, "camera");
      await publish(ben, "screen");
      for (const trackId of [microphone, camera]) await owner.ask({ type: "track.stop", trackId });
      await owner.until(() => owner.state.tracks[microphone]?.muted === true);
      await owner.until(() => owner.state.tracks[camera] === undefined);
      const reloaded = new SignalClient(room, ben);
      const join = { id: newCommandId(), name: "Ben" };
      const { ended } = await reloaded.enter(edge.origin, { peer: makeOffer() as PeerOffer, join });
      assert.deepEqual(ended, { microphone: true, screen: false });
      await reloaded.until(() => reloaded.state.seq > 0);
      const resumed = await reloaded.enter(edge.origin);
      assert.equal(resumed.ended, undefined, "who carries on ends nothing");
      const visitor = new SignalClient(room);
      assert.equal((await visitor.enter(edge.origin)).ended, undefined, "who was not inside had nothing");
      await Promise.all([reloaded.close(), visitor.close()]);
    },
  );

  await t.step("[F13] so is closing a participant who leaves", async () => {
    const you = anna.you as ParticipantId;
    mayFail("peer.close", 2);
    const before = proxy.count("peer.close");
    await anna.ask({ type: "participant.leave" });
    await until("their end", () => proxy.count("peer.close") >= before + 3 && !proxy.peers.has(you));
  });

  /** `asked`: number of repetitions while the node does nothing. */
  for (const [ban, fate, asked] of [[false, "refused", 1], [true, "swallowed", 0]] as const) {
    const word = ban ? "banned" : "removed";
    await t.step(
      `[R12] a ${word} participant is shown as being removed until the node has closed their media`,
      async () => {
        const ben = await comeIn(new SignalClient(room), edge.origin, "Ben");
        const you = ben.you as ParticipantId;
        await publish(ben, "microphone");
        const closings = proxy.count("peer.close");
        proxy.fate = ({ type }) => type === "peer.close" ? fate : "passes";
        await owner.ask({ type: "participant.remove", participantId: you, ban });
        await owner.until(() => owner.state.removing[you]?.name === "Ben");
        assert.equal(owner.state.participants[you], undefined);
        await until("their end to be asked for", () => proxy.count("peer.close") > closings + asked);
        assert.ok((await proxy.report()).has(you), "nothing is confirmed before the node has done it");
        assert.equal(owner.state.removing[you]?.name, "Ben");
        proxy.fate = () => "passes";
        await owner.until(() => owner.state.removing[you] === undefined);
        assert.ok(!(await proxy.report()).has(you));
      },
    );
  }
  assert.equal(await edge.count("tafelrunde_edge_unseen_peers_total"), 0);
  assert.equal(await node.metric("tafelrunde_media_unseen_peers_total"), 0);
  await owner.close();
});
