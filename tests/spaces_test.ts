import assert from "node:assert/strict";
import {
  type Down,
  type JsonObject,
  newSpaceId,
  type ParticipantId,
  type PeerOffer,
  type SpaceId,
  spaceOf,
  type TrackId,
} from "@tafelrunde/protocol";
import { makeLocalBus } from "../edge/bus/local.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { makeOffer, makeRtpParameters } from "../media/src/test_person.ts";
import { startTestEdge } from "./edge_rig.ts";
import { startMediaProcess } from "./media_process.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

const OWNER = "O".repeat(22);

testOnStores("spaces over two edges", async ({ store, again }, t) => {
  await using node = await startMediaProcess();
  await using bus = makeLocalBus();
  const options = { bus, mediaNodes: [node.url] };
  await using one = await startTestEdge({ ...options, store, serving: "server" });
  await using other = await startTestEdge({ ...options, store: await again(), serving: "function" });
  const room = await createRoom(one.origin, "Workshop", OWNER);
  const olga = await new SignalClient(room, { device: OWNER }).join(one.origin, "Olga");
  const ben = await new SignalClient(room).join(other.origin, "Ben");
  const cem = await new SignalClient(room).join(one.origin, "Cem");
  const everyone = [olga, ben, cem];
  const [x, y] = [newSpaceId(), newSpaceId()];
  const caughtUp = async () => {
    const seq = Math.max(...everyone.map(({ state }) => state.seq));
    for (const client of everyone) await client.until(() => client.state.seq >= seq);
  };
  const move = async (people: SignalClient[], spaceId: SpaceId | null, by = olga) => {
    const answer = await by.ask({
      type: "space.move",
      participantIds: people.map(({ you }) => you!),
      spaceId,
    });
    await caughtUp();
    return answer;
  };
  const isIn = ({ state }: SignalClient, who: SignalClient) => spaceOf(state.participants, who.you!);
  const refusalOf = (answer: Down) => answer.type === "refused" ? answer.code : answer.type;

  await t.step("[G1] [G2] everyone learns of spaces and of who is where, at every edge", async () => {
    const spaces = [x, y].map((spaceId, n) => ({ spaceId, name: { text: `Group ${n}` }, isFree: n === 1 }));
    assert.equal((await olga.ask({ type: "space.open", spaces })).type, "space.opened");
    assert.equal(refusalOf(await ben.ask({ type: "space.close", spaceIds: [x] })), "leadSpaces.notAllowed");
    assert.equal((await move([ben, cem], x)).type, "space.moved");
    for (const client of everyone) {
      assert.deepEqual(everyone.map((who) => isIn(client, who)), [null, x, x]);
      assert.deepEqual(Object.keys(client.state.spaces), [x, y]);
    }
  });

  await t.step(
    "[G4] what is written in a space reaches the people there and moderators, and nobody else",
    async () => {
      await move([cem], null);
      await ben.ask({ type: "chat.post", text: "in the group" });
      await cem.ask({ type: "chat.post", text: "in the main room" });
      await caughtUp();
      assert.deepEqual(cem.state.spaces[x]?.slices, {});
      assert.doesNotMatch(JSON.stringify(cem.received), /in the group/);
      assert.doesNotMatch(JSON.stringify(ben.received), /in the main room/);
      assert.deepEqual(ben.state.spaces[x]?.slices.chat?.map(({ text }) => text), ["in the group"]);
      assert.deepEqual(olga.state.spaces[x]?.slices.chat?.map(({ text }) => text), ["in the group"]);
      ben.send({ type: "reaction.send", reaction: "🎉" });
      await ben.until(() => ben.received.some(({ type }) => type === "reaction"));
      await Promise.all(everyone.map((client) => client.ping()));
      assert.ok(!cem.received.some(({ type }) => type === "reaction"), "shown in the space only");
    },
  );

  await t.step("[G4] who comes into a space gets what is there, and the way back the same", async () => {
    assert.deepEqual(ben.state.chat, []);
    const from = cem.received.length;
    await move([cem], x);
    await cem.next("slices", from);
    assert.deepEqual(cem.state.spaces[x]?.slices.chat?.map(({ text }) => text), ["in the group"]);
    assert.deepEqual(cem.state.chat, []);
    await ben.ask({ type: "space.move", participantIds: [ben.you!], spaceId: null });
    await ben.until(() => ben.state.chat.length === 1);
    assert.deepEqual(ben.state.spaces[x]?.slices, {}, "left behind");
    const older = { type: "chat.before", id: "question-1", before: ben.state.seq + 1 } as never;
    const asked = ben.received.length;
    ben.send(older);
    const page = await ben.next("chat.page", asked);
    assert.deepEqual(page.messages.map(({ text }) => text), ["in the main room"]);
  });

  await t.step("[G1] who comes back is in the same space, and sees what they missed there", async () => {
    await move([ben], x);
    ben.cut();
    await ben.until(() => ben.closed !== undefined);
    await olga.ask({ type: "space.move", participantIds: [cem.you!], spaceId: y });
    await cem.ask({ type: "chat.post", text: "in the other group" });
    await ben.enter(one.origin);
    await ben.until(() => ben.state.seq >= cem.state.seq);
    assert.equal(isIn(ben, ben), x);
    assert.equal(isIn(ben, cem), y);
    assert.doesNotMatch(JSON.stringify(ben.state), /other group/);
    cem.cut();
    await cem.until(() => cem.closed !== undefined);
    await olga.ask({ type: "space.move", participantIds: [cem.you!], spaceId: x });
    await cem.enter(other.origin);
    await cem.until(() => cem.state.seq >= olga.state.seq);
    assert.equal(isIn(cem, cem), x);
    assert.deepEqual(cem.state.spaces[x]?.slices.chat?.map(({ text }) => text), ["in the group"]);
    assert.deepEqual(cem.state.spaces[y]?.slices, {});
  });

  await t.step("[G2] closing a space puts everyone back, and its contents are gone", async () => {
    assert.equal((await olga.ask({ type: "space.close", spaceIds: [x, y] })).type, "space.closed");
    await caughtUp();
    for (const client of everyone) {
      assert.deepEqual(everyone.map((who) => isIn(client, who)), [null, null, null]);
      await client.until(() => client.state.chat.length === 1);
      assert.doesNotMatch(JSON.stringify(client.state), /group/);
    }
  });

  await t.step("[G5] a whisper: only the speaker and the listeners learn to whom", async () => {
    for (const client of everyone) {
      const offer = makeOffer() as PeerOffer;
      client.send({ type: "peer.open", offer });
      await client.next("peer.opened");
    }
    const trackId = crypto.randomUUID() as TrackId;
    const rtpParameters = makeRtpParameters("microphone") as JsonObject;
    await ben.ask({ type: "track.publish", trackId, source: "microphone", muted: false, rtpParameters });
    const whisper = (participantIds: ParticipantId[] | null) =>
      ben.ask({ type: "track.address", trackId, participantIds });
    assert.equal((await whisper([cem.you!])).type, "track.narrowed");
    await caughtUp();
    const audiences = everyone.map(({ state }) => state.tracks[trackId]?.audience);
    assert.deepEqual(audiences, [[], [cem.you], [cem.you]]);
    assert.equal((await whisper(null)).type, "track.widened");
    await whisper([cem.you!]);
    await cem.ask({ type: "participant.leave" });
    await ben.until(() => ben.state.tracks[trackId]?.audience === undefined);
    assert.equal(ben.state.tracks[trackId]?.muted, true, "nobody else must hear what was meant for Cem");
  });
});
