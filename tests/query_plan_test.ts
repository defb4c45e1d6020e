import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { CompiledQuery, type KyselyPlugin, type QueryId, type RootOperationNode, sql } from "kysely";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import type { Db } from "../edge/store/schema.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, signIn } from "./rest_client.ts";

/** Set while a request is handled: the edges' own periodic queries do not count. */
const request = new AsyncLocalStorage<true>();

/** A database that records the queries of requests. */
function watched(db: Db): { db: Db; asked: RootOperationNode[] } {
  const asked: RootOperationNode[] = [];
  // The plugin also sees parts of a query; only a complete one has a result.
  const passing = new WeakMap<QueryId, RootOperationNode>();
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      if (request.getStore()) passing.set(queryId, node);
      return node;
    },
    transformResult({ result, queryId }) {
      const node = passing.get(queryId);
      if (node !== undefined) asked.push(node);
      return Promise.resolve(result);
    },
  };
  return { db: db.withPlugin(plugin), asked };
}

/** The plan of a query if indexes are preferred: small tables would otherwise be scanned completely. */
function planOf(db: Db, node: RootOperationNode): Promise<string> {
  const { sql: text, parameters } = db.getExecutor().compileQuery(node, { queryId: crypto.randomUUID() });
  return db.transaction().execute(async (trx) => {
    await sql`set local enable_seqscan = off`.execute(trx);
    const { rows } = await trx.executeQuery<Record<string, string>>(
      CompiledQuery.raw(`explain ${text}`, [...parameters]),
    );
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  });
}

testOnStores("database queries of requests", async ({ store }, t) => {
  const { db, asked } = watched(store.db);
  await using edge = await startTestEdge({
    store: { ...store, db },
    serving: "function",
    around: (handle) => request.run(true, handle),
  });
  const { origin } = edge;
  const tenant = await makeTenant(store.db, "house");
  const anna = await signIn(store.db, origin, tenant, { role: "admin" });
  const { room } = await anna.get<RoomCreated>("POST", "/v1/rooms", {});
  const queriesOf = async (path: string) => {
    const before = asked.length;
    await anna.get("GET", path);
    return asked.slice(before).map((node) => ({
      node,
      text: store.db.getExecutor().compileQuery(node, { queryId: "test" }).sql,
    }));
  };

  await t.step("[A26] the caller costs one query, the room another, both by index", async () => {
    const queries = await queriesOf(`/v1/rooms/${room}`);
    assert.deepEqual(queries.map(({ text }) => /from "(\w+)"/.exec(text)?.[1]), ["session", "room"]);
    for (const { node, text } of queries) {
      assert.doesNotMatch(await planOf(store.db, node), /Seq Scan/, text);
    }
  });

  for (
    const path of [
      "/v1/rooms",
      "/v1/rooms?list=shared",
      "/v1/rooms?list=tenant",
      `/v1/rooms/${room}/links`,
      `/v1/rooms/${room}/members`,
      "/v1/people",
      "/v1/groups",
      "/v1/keys",
      "/v1/meetings?list=now",
      "/v1/meetings?list=soon",
      "/v1/meetings?list=past",
      "/v1/meetings?list=soon&of=tenant",
    ]
  ) {
    await t.step(`[A26] the list ${path.replace(room, "{room}")} reads indexes only`, async () => {
      const queries = await queriesOf(path);
      assert.ok(queries.length >= 2 && queries.length <= 4, `${queries.length} queries`);
      for (const { node, text } of queries) {
        assert.doesNotMatch(await planOf(store.db, node), /Seq Scan/, text);
      }
    });
  }
});
