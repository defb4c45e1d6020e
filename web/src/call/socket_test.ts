/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { CLOSE } from "@tafelrunde/protocol";
import { PROBE_DEADLINE_MS, SignalSocket } from "./socket.ts";
import { TestingEdge } from "./testing_edge.ts";
import { HeldTimers } from "./testing_timers.ts";

function makeSocket(edge: TestingEdge) {
  const heard: string[] = [];
  const socket = new SignalSocket(edge.url, {
    opened: () => heard.push("opened"),
    received: ({ type }) => heard.push(type),
    lost: () => heard.push("lost"),
    ended: (next, code) => heard.push(`ended ${next} ${code}`),
  });
  socket.start();
  return { socket, heard, [Symbol.dispose]: () => socket.close() };
}

Deno.test("a lost connection is followed by another at once", async () => {
  // Every timer longer than a moment waits forever.
  using _timers = new HeldTimers(100);
  await using edge = new TestingEdge();
  using client = makeSocket(edge);
  await edge.until(() => edge.connections === 1 && client.heard.length === 1);
  edge.socket.close(CLOSE.restart.code);
  await edge.until(() => edge.connections === 2);
});

Deno.test("a silently dead connection is detected when the browser reports that it is online again", async () => {
  using timers = new HeldTimers();
  await using edge = new TestingEdge();
  using client = makeSocket(edge);
  await edge.until(() => client.heard.includes("opened"));
  edge.isAlive = false;
  dispatchEvent(new Event("online"));
  timers.pass(PROBE_DEADLINE_MS);
  await edge.until(() => edge.connections === 2);
  assert.ok(client.heard.includes("lost"));
});

Deno.test("a live connection survives the browser's report of a network change", async () => {
  using _timers = new HeldTimers();
  await using edge = new TestingEdge();
  using client = makeSocket(edge);
  await edge.until(() => client.heard.includes("opened"));
  dispatchEvent(new Event("online"));
  client.socket.send({ type: "track.refresh", trackId: "11111111-1111-4111-8111-111111111111" as never });
  await edge.until(() => edge.received[0]!.length === 1);
  edge.send({ type: "lobby", lobby: { name: "", present: 1 } });
  await edge.until(() => client.heard.includes("lobby"));
  assert.equal(edge.connections, 1);
});

Deno.test("after a final close the socket does not reconnect", async () => {
  using _timers = new HeldTimers();
  await using edge = new TestingEdge();
  using client = makeSocket(edge);
  await edge.until(() => client.heard.includes("opened"));
  edge.socket.close(CLOSE.replaced.code);
  await edge.until(() => client.heard.length > 1);
  assert.deepEqual(client.heard, ["opened", `ended stayAway ${CLOSE.replaced.code}`]);
  assert.equal(client.socket.send({ type: "ping", n: 1 }), false);
});

Deno.test("a message without a connection is not sent", async () => {
  using _timers = new HeldTimers();
  await using edge = new TestingEdge();
  using client = makeSocket(edge);
  assert.equal(client.socket.send({ type: "ping", n: 1 }), false);
  await edge.until(() => client.heard.includes("opened"));
});
