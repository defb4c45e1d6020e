import assert from "node:assert/strict";
import { once } from "node:events";
import type { RttByNode } from "@tafelrunde/protocol";
import { CHANNEL_VERSIONS, CONTROL_UNAUTHORIZED } from "@tafelrunde/protocol/media";
import { greet } from "../media/src/test_edge.ts";
import { until } from "./browser_rig.ts";
import { seededRandom } from "./cluster_random.ts";
import { startBackbone } from "./cluster_rig.ts";
import { CLUSTER_KEY, startTestEdge } from "./edge_rig.ts";
import { MediaPerson } from "./media_person.ts";
import { type MediaProcess, startMediaProcess } from "./media_process.ts";
import { makeTenant, signIn } from "./rest_client.ts";
import { createRoom } from "./signal_client.ts";

const TEN_MINUTES_MS = 600_000;

/** How far a node's clock is ahead of this one, by the first line of its log, ms. */
async function aheadOfHere(node: MediaProcess): Promise<number> {
  const { at } = JSON.parse((await node.log()).split("\n")[0]!) as { at: string };
  return Date.parse(at) - Date.now();
}

const held = (node: MediaProcess, kind: string) => node.metric(`tafelrunde_media_open{kind="${kind}"}`);

Deno.test("nodes whose clocks are ten minutes ahead of and behind the edge's", async (t) => {
  await using stack = new AsyncDisposableStack();
  const backbone = stack.use(await startBackbone("postgres"));
  const edge = stack.use(await startTestEdge({ env: backbone.env }));
  const start = async (name: string, clockAheadMs: number) =>
    stack.use(
      await startMediaProcess(
        { NODE_ID: name, REGION: name, JURISDICTION: "de", EDGE_URL: edge.origin, DRAIN_S: "60" },
        { clockAheadMs },
      ),
    );
  const fast = await start("fast", TEN_MINUTES_MS);
  const slow = await start("slow", -TEN_MINUTES_MS);
  assert.ok(await aheadOfHere(fast) > TEN_MINUTES_MS / 2);
  assert.ok(await aheadOfHere(slow) < -TEN_MINUTES_MS / 2);
  const { db } = backbone.store;
  const operator = await signIn(db, edge.origin, await makeTenant(db, "stadt"), { isOperator: true });
  const room = await createRoom(edge.origin);
  const random = seededRandom(1);
  const join = async (name: string, rttByNode: Record<string, number>) =>
    stack.use(
      await MediaPerson.join(room, name, {
        origins: () => [edge.origin],
        random,
        rttByNode: rttByNode as RttByNode,
      }),
    );

  await t.step("[F3] they register by themselves, and are up", async () => {
    const states = async () =>
      (await operator.get<{ nodes: { state: string }[] }>("GET", "/v1/nodes")).nodes.map(({ state }) =>
        state
      );
    await until(async () => String(await states()) === "up,up", () => "the nodes are not up");
  });

  await t.step("[N1] a proof that was valid once is refused when repeated", async () => {
    for (const { url } of [fast, slow]) {
      const port = Number(new URL(url).port);
      const first = await greet(port, CLUSTER_KEY);
      const { fromId: edgeId, fromNonce: nonce } = first.ids;
      const auth = JSON.stringify({
        type: "auth",
        versions: CHANNEL_VERSIONS,
        edgeId,
        nonce,
        proof: first.proof,
      });
      const ready = once(first.socket, "message");
      first.socket.send(auth);
      assert.equal(JSON.parse(String((await ready)[0])).type, "ready");
      first.socket.terminate();
      const second = await greet(port, CLUSTER_KEY, edgeId);
      const closed = once(second.socket, "close");
      second.socket.send(auth);
      assert.equal((await closed)[0], CONTROL_UNAUTHORIZED);
    }
  });

  const anna = await join("Anna", { fast: 1, slow: 40 });
  const ben = await join("Ben", { fast: 40, slow: 1 });

  await t.step(
    "[F4] [K4] each is chosen for nearby participants, and a pipe connects them",
    async () => {
      assert.deepEqual([anna.nodeId, ben.nodeId], ["fast", "slow"]);
      anna.publish("camera");
      await anna.settled();
      ben.show(new Map([...anna.tracks.keys()].map((trackId) => [trackId, 360])));
      await until(
        async () => String([await held(slow, "pipe"), await held(slow, "consumer")]) === "1,1",
        () => "nothing comes through the pipe",
      );
      assert.equal(await held(fast, "pipe"), 1);
    },
  );

  await t.step("[N5] [F11] a draining one is left for the other, and stops", async () => {
    const startedAt = () => fast.metric("process_start_time_seconds");
    const began = await startedAt();
    await operator.get("POST", "/v1/nodes/fast/drain", { withinS: 60 });
    await until(() => Promise.resolve(anna.nodeId === "slow"), () => "Anna is not moved");
    await anna.settled();
    await until(async () => ![began].includes(await startedAt()), () => "the process does not end");
    await until(
      async () => String([await held(slow, "pipe"), await held(slow, "consumer")]) === "0,1",
      () => "Ben does not see Anna where both are",
    );
  });
});
