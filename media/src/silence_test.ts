import assert from "node:assert/strict";
import { test } from "node:test";
import { startSite, TestRoom } from "./test_cluster.ts";
import type { TestEdge } from "./test_edge.ts";
import { newRoomId, TestPerson } from "./test_person.ts";
import { RtpSource } from "./test_rtp.ts";

/** Time between two packets of a test, ms: many in the time after which a peer counts as silent. */
const PACKET_INTERVAL_MS = 100;

/** Waits until the node reports exactly these tracks as silent. */
async function toldSilent(edge: TestEdge, ...trackIds: string[]): Promise<void> {
  await edge.notice(
    "room.interrupted",
    ({ silent = [] }) =>
      silent.length === trackIds.length && trackIds.every((id) => silent.includes(id as never)),
  );
}

test("[K13] a screen share without packets is reported on every node of the room until packets arrive again", async () => {
  await using fra = await startSite("fra");
  await using ber = await startSite("ber");
  const room = new TestRoom(newRoomId());
  await room.put(fra, ber);
  const [ada, cem] = [await room.enter(fra), await room.enter(fra)];
  await room.enter(ber);
  const here = fra.running.node.rooms.get(room.id)!;
  await using screen = await RtpSource.publish(here, ada);
  await using moves = await RtpSource.publish(here, cem);
  screen.send();
  moves.send();
  using stack = new DisposableStack();
  const life = stack.adopt(setInterval(() => moves.report(), PACKET_INTERVAL_MS), clearInterval);
  const { trackId } = screen;

  await Promise.all([fra, ber].map(({ edge }) => toldSilent(edge, trackId)));
  const newcomers = [new TestPerson(fra.edge, room.id), new TestPerson(ber.edge, room.id)];
  for (const newcomer of newcomers) {
    newcomer.placement = room.placement;
    assert.deepEqual((await newcomer.open()).silent, [trackId], "who comes meanwhile is told so");
  }
  const waiting = new TestPerson(fra.edge, room.id);
  waiting.placement = room.placement;
  const { silent } = await waiting.open({ live: false, blind: true });
  assert.equal(silent, undefined, "who may not know of the others is not told");
  for (const { edge } of [fra, ber]) edge.notices.splice(0);
  screen.send();
  await Promise.all([fra, ber].map(({ edge }) => toldSilent(edge)));

  await Promise.all([fra, ber].map(({ edge }) => toldSilent(edge, trackId)));
  // Reports alone keep a static screen alive; without them it is silent, too.
  clearInterval(life);
  await Promise.all([fra, ber].map(({ edge }) => toldSilent(edge, trackId, moves.trackId)));
  moves.report();
  await Promise.all([fra, ber].map(({ edge }) => toldSilent(edge, trackId)));
  await fra.edge.must("peer.close", ada.ids);
  const isOver = ({ silent = [] }: { silent?: string[] | undefined }) => !silent.includes(trackId);
  await Promise.all([fra, ber].map(({ edge }) => edge.notice("room.interrupted", isOver)));
});

test("[K13] a peer without a screen share, or before its transport connects, is never reported as silent", async () => {
  await using fra = await startSite("fra");
  const room = new TestRoom(newRoomId());
  await room.put(fra);
  const [ada, ben, cem, eve] = [
    await room.enter(fra),
    await room.enter(fra),
    await room.enter(fra),
    await room.enter(fra),
  ];
  const here = fra.running.node.rooms.get(room.id)!;
  await cem.publish("camera");
  await ben.publish("screen");
  await using muted = await RtpSource.publish(here, eve);
  muted.send();
  await fra.edge.must("track.mute", { ...eve.ids, trackId: muted.trackId, muted: true });
  await using screen = await RtpSource.publish(here, ada);
  screen.send();
  const { silent } = await fra.edge.notice("room.interrupted", ({ silent = [] }) => silent.length > 0);
  assert.deepEqual(silent, [screen.trackId]);
  // Its share ends, and with it the silence.
  await fra.edge.must("track.close", { ...ada.ids, trackId: screen.trackId });
  await toldSilent(fra.edge);
});

test("[K13] an edge whose peers return gets one report of what is silent, however many they are, even if nothing is", async () => {
  await using fra = await startSite("fra");
  const room = new TestRoom(newRoomId());
  await room.put(fra);
  const people: TestPerson[] = [];
  for (let n = 0; n < 6; n++) people.push(await room.enter(fra));
  const here = fra.running.node.rooms.get(room.id)!;
  await using screen = await RtpSource.publish(here, people[0]!);
  screen.send();
  await toldSilent(fra.edge, screen.trackId);
  /** Not counting the one that was waited for. */
  const toldBesides = () => fra.edge.notices.filter(({ type }) => type === "room.interrupted").length;
  const comeBack = async () => {
    fra.edge.notices.splice(0);
    for (const { ids } of people) await fra.edge.must("peer.adopt", { ...ids, live: true, sendId: null });
  };
  await comeBack();
  await toldSilent(fra.edge, screen.trackId);
  assert.equal(toldBesides(), 0);
  screen.send();
  await toldSilent(fra.edge);
  await fra.edge.must("track.close", { ...people[0]!.ids, trackId: screen.trackId });
  await comeBack();
  await toldSilent(fra.edge);
  assert.equal(toldBesides(), 0);
});
