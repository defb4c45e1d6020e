/** Jobs are run by edges in their own processes, on one PostgreSQL, and survive their end. */
import assert from "node:assert/strict";
import { type EdgeId, newRowId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import { openPostgres, type Store } from "../edge/store/open.ts";
import { openPostgres as openServer } from "../tools/postgres.ts";
import { EdgeProcess } from "./edge_process.ts";

/** Longest wait for what a test waits for, ms. */
const WITHIN_MS = 60_000;

/** The job that a test stops in its middle, and its table. */
const JOB = "erase.counters";

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  while (!await isSo()) {
    assert.ok(Date.now() < deadline, "it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const jobs = ({ db }: Store) => db.selectFrom("job").selectAll().execute();

const jobOf = async (store: Store) => (await jobs(store)).find(({ name }) => name === JOB)!;

/** Makes jobs due, by their names. */
const makeDue = ({ db }: Store, names: readonly string[]) =>
  db.updateTable("job").set({ due_at: sql<Date>`now()` }).where("name", "in", names).execute();

async function isOver(store: Store): Promise<boolean> {
  const rows = await store.db.selectFrom("rate_counter").select("key_hash").execute();
  return rows.length === 0;
}

/** Adds a row that the job erases. */
const addCounter = ({ db }: Store) =>
  db.insertInto("rate_counter").values({
    limit_name: "x",
    key_hash: newRowId(),
    points: 1,
    ends_at: new Date(0),
  }).execute();

Deno.test("[I1] [I2] jobs run once on two edges, and again when their edge is killed in the middle", async (t) => {
  await using server = await openServer();
  const url = await server.createDatabase();
  await using store = await openPostgres(url);
  const env = { DATABASE_URL: url };
  const edges = new Map<EdgeId, EdgeProcess>();
  await using stack = new AsyncDisposableStack();
  const start = async (entry: "edge/main.ts" | "edge/deploy.ts") => {
    const before = new Set(edges.keys());
    const edge = stack.use(await EdgeProcess.start(env, { entry }));
    const { id } = await store.db.selectFrom("edge").select("id")
      .where("id", "not in", ["", ...before]).executeTakeFirstOrThrow();
    edges.set(id as EdgeId, edge);
  };
  await start("edge/main.ts");
  await start("edge/deploy.ts");

  await t.step("each job runs once each time it is due", async () => {
    await until(async () => (await jobs(store)).every(({ run }) => run > 0));
    const seldom = (await jobs(store)).map(({ name }) => name).filter((name) =>
      !name.startsWith("meetings.")
    );
    for (let round = 2; round <= 4; round++) {
      await makeDue(store, seldom);
      const rows = async () => (await jobs(store)).filter(({ name }) => seldom.includes(name));
      await until(async () =>
        (await rows()).every(({ run, leased_until }) => run >= round && leased_until === null)
      );
      for (const { name, run, failures } of await rows()) {
        assert.deepEqual([name, run, failures], [name, round, 0]);
      }
    }
  });

  await t.step("an edge that is killed in the middle of a job leaves it to the other one", async () => {
    await addCounter(store);
    const { run: runBefore } = await jobOf(store);
    const release = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const lock = store.db.transaction().execute(async (trx) => {
      await sql`lock table rate_counter in share row exclusive mode`.execute(trx);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    await makeDue(store, [JOB]);
    await until(async () => (await jobOf(store)).run === runBefore + 1);
    const { edge_id: killed } = await jobOf(store);
    await edges.get(killed as EdgeId)!.kill();
    release.resolve();
    await lock;
    await makeDue(store, [JOB]);
    // What the killed edge had asked for, its connection's end undoes or not: the job is run again anyway.
    await addCounter(store);
    const { run, leased_until } = await jobOf(store);
    assert.equal(run, runBefore + 1, "the lease is the killed edge's still");
    assert.ok(leased_until! > new Date());
    // Simulates that the lease is over.
    await store.db.updateTable("job").set({ leased_until: sql<Date>`now()` }).where("name", "=", JOB)
      .execute();
    await until(async () => {
      const row = await jobOf(store);
      return row.run === runBefore + 2 && row.leased_until === null;
    });
    const { edge_id, failures } = await jobOf(store);
    assert.notEqual(edge_id, killed);
    assert.equal(failures, 0);
    assert.ok(await isOver(store));
  });
});
