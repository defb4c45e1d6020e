import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { CLOSE } from "@tafelrunde/protocol";
import { CHANNEL_VERSIONS, CONTROL_UNAUTHORIZED, MAX_CONTROL_BYTES } from "@tafelrunde/protocol/media";
import type { WebSocket } from "ws";
import { UNPROVED } from "./control.ts";
import type { RunningNode } from "./main.ts";
import { greet, newId, TestEdge } from "./test_edge.ts";
import { startTestNode } from "./test_node.ts";
import { newRoomId, TestPerson } from "./test_person.ts";

let running: RunningNode;
before(async () => {
  running = await startTestNode();
});
after(() => running[Symbol.asyncDispose]());

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = await once(socket, "close") as [number];
  return code;
}

test("an edge with the key is served, and verifies that the node has the key", async () => {
  await using edge = await TestEdge.connect(running.port);
  assert.equal((await new TestPerson(edge, newRoomId()).open()).consumers.length, 0);
});

test("a proof with another key is refused", async () => {
  const { socket, ids, proof } = await greet(running.port, "another key of enough length");
  socket.send(
    JSON.stringify({
      type: "auth",
      versions: CHANNEL_VERSIONS,
      edgeId: ids.fromId,
      nonce: ids.fromNonce,
      proof,
    }),
  );
  assert.equal(await closeCode(socket), CONTROL_UNAUTHORIZED);
});

test("a proof copied from another connection is refused", async () => {
  const first = await greet(running.port);
  const second = await greet(running.port, undefined, first.ids.fromId);
  const { fromId: edgeId, fromNonce: nonce } = first.ids;
  second.socket.send(
    JSON.stringify({ type: "auth", versions: CHANNEL_VERSIONS, edgeId, nonce, proof: first.proof }),
  );
  assert.equal(await closeCode(second.socket), CONTROL_UNAUTHORIZED);
  first.socket.terminate();
});

test("[V4] a peer without a common version gets a close code of its own; unknown fields of a newer one are ignored", async () => {
  const [, newest] = CHANNEL_VERSIONS;
  for (
    const [versions, isServed] of [[[newest, newest + 1], true], [[newest + 1, newest + 2], false]] as const
  ) {
    const { socket, ids: { fromId: edgeId, fromNonce: nonce }, proof } = await greet(running.port);
    socket.send(JSON.stringify({ type: "auth", versions, edgeId, nonce, proof, tongue: "new" }));
    if (isServed) {
      const [data] = await once(socket, "message") as [Buffer];
      assert.equal(JSON.parse(data.toString()).version, newest);
      socket.terminate();
    } else assert.equal(await closeCode(socket), CLOSE.version.code);
  }
});

test("a request before the proof is refused", async () => {
  const { socket } = await greet(running.port);
  socket.send(JSON.stringify({ id: 1, type: "peer.close", roomId: newRoomId(), peerId: newId(26) }));
  assert.equal(await closeCode(socket), CONTROL_UNAUTHORIZED);
});

for (
  const [what, data, code] of [
    ["an oversized frame", " ".repeat(MAX_CONTROL_BYTES + 1), CLOSE.tooBig.code],
  ] as const
) {
  test(`${what} closes its own connection and no other`, async () => {
    await using bystander = await TestEdge.connect(running.port);
    await using edge = await TestEdge.connect(running.port);
    const closed = edge.closed();
    edge.sendRaw(data);
    assert.equal(await closed, code);
    await new TestPerson(bystander, newRoomId()).open();
  });
}

test("a malformed message with an id is answered, and the connection stays open", async () => {
  await using edge = await TestEdge.connect(running.port);
  for (const data of ["{", JSON.stringify({ type: "peer.close" }), new Uint8Array(10)]) edge.sendRaw(data);
  for (const [type, fields] of [["peer.explode", {}], ["peer.close", { roomId: "x" }]] as const) {
    const answer = await edge.ask(type as "peer.close", fields);
    assert.equal("refused" in answer && answer.refused, "request.malformed");
  }
  await new TestPerson(edge, newRoomId()).open();
});

test("a newer connection of the same edge replaces the older one", async () => {
  await using first = await TestEdge.connect(running.port);
  const closed = first.closed();
  await using second = await TestEdge.connect(running.port, { edgeId: first.edgeId });
  assert.equal(await closed, CLOSE.replaced.code);
  await new TestPerson(second, newRoomId()).open();
});

/** After this many turns of the event loop, every closed connection of this process is seen as closed. */
const TURNS = 1_000;

const UPGRADE = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

for (
  const [what, text] of [
    ["say nothing", ""],
    ["say half a request", "GET / HTTP/1.1\r\nHost: x\r\n"],
    ["owe a body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"],
    ["open a WebSocket and prove nothing", UPGRADE],
  ] as const
) {
  test(`1,010 connections that ${what} leave room for those with the key, which stay open`, async () => {
    await using before = await TestEdge.connect(running.port);
    for (const localAddress of ["127.0.0.1", undefined]) {
      const open = new Set<Socket>();
      for (let n = 0; n < 1_010; n++) {
        const address = localAddress ?? `127.0.1.${n % 250 + 1}`;
        const socket = connect({ host: "127.0.0.1", port: running.port, localAddress: address });
        open.add(socket);
        socket.on("error", () => {});
        socket.on("data", () => {});
        socket.once("close", () => open.delete(socket));
        await once(socket, "connect");
        socket.write(text);
      }
      await using edge = await TestEdge.connect(running.port);
      await new TestPerson(edge, newRoomId()).open();
      const most = localAddress === undefined ? UNPROVED.inAll : UNPROVED.perAddress;
      // The oldest connections were closed before the last was accepted; that shows within a few turns, long
      // before the first deadline closes them all.
      for (let turn = 0; turn < TURNS && open.size > most; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.ok(open.size <= most, `${open.size} of ${most} are left`);
      for (const socket of open) socket.destroy();
    }
    await new TestPerson(before, newRoomId()).open();
  });
}

test("every edge receives the load once a second", async () => {
  await using quiet = await startTestNode();
  await using edge = await TestEdge.connect(quiet.port);
  const person = new TestPerson(edge, newRoomId());
  await person.open();
  await person.publish("camera");
  const load = await edge.notice("load", ({ producers }) => producers === 1);
  assert.equal(load.rooms, 1);
  assert.equal(load.peers, 1);
  assert.equal(load.state, "up");
  assert.ok(load.cpu.every((share) => share >= 0 && share <= 1));
  assert.equal(load.cpu.length, 1);
});
