import assert from "node:assert/strict";
import type { PeerAnswer, PeerOffer, RttByNode } from "@tafelrunde/protocol";
import { sql } from "kysely";
import type { Db } from "../edge/store/schema.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { makeOffer } from "../media/src/test_person.ts";
import { until } from "./browser_rig.ts";
import { startTestEdge } from "./edge_rig.ts";
import { type MediaProcess, startMediaProcess } from "./media_process.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Round trips that occur nowhere by chance, ms. */
const NEAR = 11.7351;
const FAR = 53.9263;

/** Names of nodes that occur nowhere by chance. */
const [ONE, OTHER] = ["one-q7x", "other-q7x"] as const;

/** The tables that name nodes: the existing ones, and those that a room is on. */
const TABLES_OF_NODES: readonly string[] = ["node", "room_node"];

const nearTo = (nodeId: string) => ({ [ONE]: FAR, [OTHER]: FAR, [nodeId]: NEAR }) as RttByNode;

/** Every row of every table as JSON, by table. */
async function readEverything(db: Db): Promise<ReadonlyMap<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema()`.execute(db);
  const texts = new Map<string, string>();
  for (const { name } of tables) {
    const { rows } = await sql<{ text: string }>`
      select coalesce(json_agg(whole)::text, '') as text from ${sql.table(name)} whole`.execute(db);
    texts.set(name, rows[0]!.text);
  }
  return texts;
}

function assertNone(text: string, traces: readonly (string | number)[], where: string): void {
  assert.deepEqual(traces.filter((trace) => text.includes(String(trace))), [], where);
}

testOnStores(
  "[F8] the location of individual participants is in no table, no log and no metric",
  async ({ store }) => {
    await using stack = new AsyncDisposableStack();
    const nodes: MediaProcess[] = [];
    for (const name of [ONE, OTHER]) {
      nodes.push(stack.use(await startMediaProcess({ NODE_ID: name, REGION: name, JURISDICTION: "de" })));
    }
    const edge = stack.use(
      await startTestEdge({ store, mediaNodes: nodes.map(({ url }) => url) }),
    );
    await until(
      async () => (await (await fetch(`${edge.origin}/v1/health`)).json()).mediaNodes.up === nodes.length,
      () => "not all nodes are up",
    );
    const room = await createRoom(edge.origin);
    const [anna, ben] = [new SignalClient(room), new SignalClient(room)];

    const assertNoTrace = async () => {
      const people = [anna.you!, ben.you!];
      const distances = [NEAR, FAR];
      const tables = await readEverything(store.db);
      assert.ok(people.every((id) => tables.get("room_event")!.includes(id)), "the log of the room is read");
      for (const [table, text] of tables) {
        assertNone(text, [...distances, ...TABLES_OF_NODES.includes(table) ? people : [ONE, OTHER]], table);
      }
      const page = await edge.metrics();
      assert.match(page, /tafelrunde_edge_moved_total\{reason="nearer"\} 1/);
      assertNone(page, [...distances, ...people, room.room, ONE, OTHER], "the edge's metrics");
      assertNone(edge.logged.join("\n"), [...distances, ...people, room.room], "the edge's log");
      for (const node of nodes) {
        assertNone(await node.metrics() ?? "", [...distances, ...people, room.room], "a node's metrics");
        assertNone(await node.log(), [...distances, ...people, room.room], "a node's log");
      }
    };

    const { peer } = await anna.enter(edge.origin, {
      peer: makeOffer() as PeerOffer,
      rttByNode: nearTo(ONE),
    });
    assert.equal((peer as PeerAnswer).nodeId, ONE);
    anna.send({ type: "rtt.measured", rttByNode: nearTo(OTHER) });
    assert.equal((await anna.next("peer.moved")).answer.nodeId, OTHER);
    await ben.enter(edge.origin, { peer: makeOffer() as PeerOffer, rttByNode: nearTo(OTHER) });
    for (const [client, name] of [[anna, "Anna"], [ben, "Ben"]] as const) {
      await client.ask({ type: "participant.join", name });
    }
    await assertNoTrace();

    const moves = [anna, ben].map((client) => client.next("peer.moved"));
    nodes[1]!.kill();
    for (const move of moves) assert.equal((await move).answer.nodeId, ONE);
    await assertNoTrace();

    for (const client of [anna, ben]) {
      await client.ask({ type: "participant.leave" });
      await client.close();
    }
    await assertNoTrace();
  },
);
