import assert from "node:assert/strict";
import { test } from "node:test";
import { CHANNEL_VERSIONS, CONTROL_UNAUTHORIZED } from "@tafelrunde/protocol/media";
import { makeCertificate } from "./test_certificate.ts";
import { greet, TestEdge, until } from "./test_edge.ts";
import { startSite, TestRoom } from "./test_cluster.ts";
import { newRoomId } from "./test_person.ts";

const OLD = "the old cluster key of which too many know";
const NEW = "the new cluster key which nobody knows so far";

test("[N1] a cluster key is replaced in three steps, and all sides can connect at each", async () => {
  for (
    const [theirs, mine] of [[OLD, `${OLD},${NEW}`], [`${OLD},${NEW}`, `${NEW},${OLD}`], [
      `${NEW},${OLD}`,
      NEW,
    ]] as const
  ) {
    await using fra = await startSite("fra", { CLUSTER_KEY: theirs }, undefined, theirs.split(",")[0]);
    await using ber = await startSite("ber", { CLUSTER_KEY: mine }, undefined, mine.split(",")[0]);
    const room = new TestRoom(newRoomId());
    await room.put(fra, ber);
    const [ada, ben] = [await room.enter(fra), await room.enter(ber)];
    await ada.publish("camera");
    await ben.publish("microphone");
    await ber.edge.notice("consumers.opened");
    await fra.edge.notice("consumers.opened");
    for (const key of theirs.split(",")) {
      await (await TestEdge.connect(fra.running.port, { key }))[Symbol.asyncDispose]();
    }
  }
});

test("[N1] a removed key is refused, as is a proof of one side replayed by the other", async () => {
  await using fra = await startSite("fra", { CLUSTER_KEY: NEW }, undefined, NEW);
  const { socket, ids, proof } = await greet(fra.running.port, OLD);
  socket.send(
    JSON.stringify({
      type: "auth",
      versions: CHANNEL_VERSIONS,
      edgeId: ids.fromId,
      nonce: ids.fromNonce,
      proof,
    }),
  );
  const closed = new Promise((resolve) => socket.once("close", resolve));
  assert.equal(await closed, CONTROL_UNAUTHORIZED);

  // An edge's proof does not authenticate a node.
  const edge = await greet(fra.running.port, NEW);
  const node = {
    ...fra.running.profile,
    address: { ...fra.running.profile.address, nodeId: edge.ids.fromId },
  };
  edge.socket.send(
    JSON.stringify({
      type: "auth.node",
      versions: CHANNEL_VERSIONS,
      node,
      nonce: edge.ids.fromNonce,
      proof: edge.proof,
    }),
  );
  assert.equal(await new Promise((resolve) => edge.socket.once("close", resolve)), CONTROL_UNAUTHORIZED);
});

test("[N1] nodes with different keys do not follow each other", async () => {
  await using fra = await startSite("fra", { CLUSTER_KEY: NEW }, undefined, NEW);
  await using ber = await startSite("ber", {});
  const room = new TestRoom(newRoomId());
  await room.put(fra, ber);
  await (await room.enter(fra)).publish("camera");
  await room.enter(ber);
  assert.deepEqual((await ber.edge.notice("room.interrupted")).nodeIds, ["fra"]);
  assert.equal(ber.edge.notices.some(({ type }) => type === "consumers.opened"), false);
});

test("[K10] nodes connect over TLS, and only to those whose certificate they trust", async () => {
  using certificate = makeCertificate();
  await using fra = await startSite("fra", certificate.trusted);
  await using ber = await startSite("ber", certificate.trusted);
  await using eve = await startSite("eve", certificate.own);
  assert.match(fra.address.privateUrl!, /^wss:/);
  const room = new TestRoom(newRoomId());
  await room.put(fra, ber, eve);
  await (await room.enter(fra)).publish("camera");
  await room.enter(ber);
  await ber.edge.notice("consumers.opened");
  await room.enter(eve);
  await eve.edge.notice("room.interrupted", ({ nodeIds }) => nodeIds.length === 2);
});

test("[N4] [N5] a draining node reports it at once, accepts no peers, and is done when the last one has left", async () => {
  await using fra = await startSite("fra");
  const room = new TestRoom(newRoomId());
  const ada = await room.enter(fra);
  await fra.edge.must("node.drain", { deadlineMs: 60_000 });
  assert.equal((await fra.edge.notice("load", ({ state }) => state !== "up")).state, "draining");
  await assert.rejects(room.enter(fra), { message: /node.draining$/ });
  await ada.open();
  let drained = false;
  void fra.running.node.drained.then(() => {
    drained = true;
  });
  await fra.edge.must("peer.close", ada.ids);
  await until("the end", () => drained);
});
