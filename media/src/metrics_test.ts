import assert from "node:assert/strict";
import { test } from "node:test";
import { TestEdge } from "./test_edge.ts";
import { startTestNode } from "./test_node.ts";
import { newRoomId, TestPerson } from "./test_person.ts";

const TOKEN = "a token for metrics under test";

test("the metrics count what mediasoup holds, for requests with the token", async () => {
  await using running = await startTestNode({ METRICS_TOKEN: TOKEN });
  await using edge = await TestEdge.connect(running.port);
  const page = `http://127.0.0.1:${running.port}/metrics`;
  const read = async (token: string) => await fetch(page, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await read("another")).status, 401);
  assert.equal((await fetch(page)).status, 401);
  assert.equal((await fetch(page, { method: "POST" })).status, 426);

  const open = async () => {
    const text = await (await read(TOKEN)).text();
    const counts = text.matchAll(/^tafelrunde_media_open\{kind="(\w+)"\} (\d+)$/gm);
    return Object.fromEntries([...counts].map(([, kind, count]) => [kind, Number(count)]));
  };
  const nothing = { router: 0, transport: 0, pipe: 0, producer: 0, consumer: 0 };
  assert.deepEqual(await open(), nothing);
  const roomId = newRoomId();
  const [anna, ben] = [new TestPerson(edge, roomId), new TestPerson(edge, roomId)];
  await anna.open();
  await anna.publish("camera");
  await ben.open();
  assert.deepEqual(await open(), { ...nothing, router: 1, transport: 4, producer: 1, consumer: 1 });
  for (const { ids } of [anna, ben]) await edge.must("peer.close", ids);
  assert.deepEqual(await open(), nothing);
});

test("without a token there is no metrics page", async () => {
  await using running = await startTestNode();
  assert.equal((await fetch(`http://127.0.0.1:${running.port}/metrics`)).status, 426);
});
