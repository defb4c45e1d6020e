import type { EdgeId } from "@tafelrunde/protocol";
import { makeLog } from "@tafelrunde/protocol/process/log";
import assert from "node:assert/strict";
import { sql } from "kysely";
import { makeMetrics } from "../metrics.ts";
import { pause } from "../pause.ts";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { inBatches, type Job } from "./job.ts";
import { JobRunner } from "./runner.ts";

/** Longest wait for what a test waits for, ms. */
const WITHIN_MS = 60_000;

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (!await isSo()) {
    assert.ok(performance.now() < deadline, "it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The runner of one edge, and its log. */
function startRunner(db: Db, name: string, jobs: readonly Job[], pace: { leaseMs?: number } = {}) {
  const lines: string[] = [];
  const log = makeLog((line) => lines.push(line));
  const metrics = makeMetrics();
  const runner = new JobRunner(
    { db, edgeId: name as EdgeId, log, metrics },
    jobs,
    { lookMs: 20, renewMs: 20, graceMs: 200, ...pace },
  );
  runner.start();
  return { lines, metrics, [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose]() };
}

const job = (run: Job["run"], given: Partial<Job> = {}): Job => ({
  name: "test.count",
  everyMs: 3_600_000,
  atMostMs: 60_000,
  run,
  ...given,
});

const rowOf = async (db: Db) =>
  await db.selectFrom("job").selectAll().where("name", "=", "test.count").executeTakeFirst() ??
    { run: 0, failures: 0, edge_id: null, leased_until: null, succeeded_at: null };

const makeDue = (db: Db) => db.updateTable("job").set({ due_at: sql<Date>`now()` }).execute();

testOnStores("[I1] each job runs once per interval, whichever of two edges finds it due", async (opened) => {
  const { store: { db } } = opened;
  const other = await opened.again();
  const runs = new Map<string, string[]>();
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const jobsOf = (edge: string) =>
    names.map((name) =>
      job(async () => {
        runs.set(name, [...runs.get(name) ?? [], edge]);
        await pause(1, new AbortController().signal);
      }, { name })
    );
  await using _one = startRunner(db, "one", jobsOf("one"));
  await using _two = startRunner(other.db, "two", jobsOf("two"));
  for (let round = 1; round <= 3; round++) {
    await until(async () => {
      const rows = await db.selectFrom("job").selectAll().execute();
      return rows.length === names.length &&
        rows.every(({ run, leased_until }) => run === round && leased_until === null);
    });
    assert.deepEqual([...runs.values()].map((edges) => edges.length), names.map(() => round));
    await makeDue(db);
  }
});

testOnStores("[I1] nobody else runs a job that runs, however often it is due", async (opened) => {
  const { store: { db } } = opened;
  const other = await opened.again();
  const finish = Promise.withResolvers<void>();
  let begun = 0;
  const slow = job(() => {
    begun++;
    return finish.promise;
  });
  await using _one = startRunner(db, "one", [slow], { leaseMs: 1_000 });
  await using _two = startRunner(other.db, "two", [slow], { leaseMs: 1_000 });
  await until(() => begun === 1);
  const { leased_until } = await rowOf(db);
  await makeDue(db);
  // Its edge renews the lease beyond what it got at first.
  await until(async () => (await rowOf(db)).leased_until! > new Date(leased_until!.getTime() + 1_000));
  assert.equal(begun, 1);
  finish.resolve();
  await until(async () => (await rowOf(db)).succeeded_at !== null);
  assert.equal((await rowOf(db)).run, 1);
});

testOnStores(
  "[I2] a job whose edge was killed is run by another one when the lease is over",
  async (opened) => {
    const { store: { db } } = opened;
    const runs: string[] = [];
    // A killed edge leaves only its lease.
    await db.insertInto("job").values({
      name: "test.count",
      due_at: sql<Date>`now()`,
      run: 7,
      edge_id: "killed",
      failures: 1,
      leased_until: sql<Date>`now() + interval '1 hour'`,
    }).execute();
    await using _other = startRunner(db, "two", [
      job(() => Promise.resolve(void runs.push("test.count"))),
      job(() => Promise.resolve(void runs.push("b")), { name: "b" }),
    ]);
    await until(() => runs.length > 0);
    assert.deepEqual(runs, ["b"]);
    await db.updateTable("job").set({ leased_until: sql<Date>`now()` }).where("name", "=", "test.count")
      .execute();
    await until(async () => (await rowOf(db)).succeeded_at !== null);
    assert.deepEqual(runs, ["b", "test.count"]);
    const { run, edge_id, failures } = await rowOf(db);
    assert.deepEqual({ run, edge_id, failures }, { run: 8, edge_id: "two", failures: 0 });
  },
);

testOnStores(
  "[I2] an edge that has lost a lease ends its run, and writes nothing",
  async ({ store: { db } }) => {
    const begun = Promise.withResolvers<AbortSignal>();
    await using one = startRunner(db, "one", [
      job(async (signal) => {
        begun.resolve(signal);
        await pause(WITHIN_MS, signal);
      }),
    ]);
    const signal = await begun.promise;
    // Another edge took it over: to it, this one was dead.
    await db.updateTable("job").set({ run: 2, edge_id: "two" }).execute();
    await until(() => signal.aborted);
    await until(() => one.lines.some((line) => line.includes("job.cutShort")));
    const { run, edge_id, leased_until } = await rowOf(db);
    assert.deepEqual([run, edge_id, leased_until === null], [2, "two", false]);
  },
);

testOnStores(
  "[I3] a job that fails is repeated after a growing delay, and delays no other",
  async ({ store: { db } }) => {
    const waits: number[] = [];
    let others = 0;
    await using one = startRunner(db, "one", [
      job(() => Promise.reject(new Error("not today"))),
      job(() => Promise.resolve(void others++), { name: "other" }),
    ]);
    for (let failures = 1; failures <= 8; failures++) {
      await until(async () => {
        const row = await rowOf(db);
        return row.failures === failures && row.leased_until === null;
      });
      const { rows } = await sql<{ ms: string }>`
      select extract(epoch from due_at - now()) * 1000 as ms from job where name = 'test.count'`.execute(db);
      waits.push(Number(rows[0]!.ms));
      await makeDue(db);
    }
    // Between half and all of 1, 2, 4 … s; reading the row takes a while.
    for (const [n, ms] of waits.entries()) {
      assert.ok(ms <= 1_000 * 2 ** n, `${ms}`);
      if (n >= 5) assert.ok(ms > 250 * 2 ** n, `${ms}`);
    }
    assert.ok(one.lines.some((line) => line.includes("not today")));
    const { values } = await one.metrics.jobRuns.get();
    assert.ok(values.some(({ labels, value }) => labels.outcome === "failed" && value >= 8));
  },
);

testOnStores(
  "[I3] a run that takes too long is told to end, and counts as failed",
  async ({ store: { db } }) => {
    let steps = 0;
    await using one = startRunner(db, "one", [
      job((signal) =>
        inBatches(signal, 1, async () => {
          await pause(5, signal);
          return ++steps;
        }), { atMostMs: 50 }),
    ]);
    await until(async () => {
      const { run, leased_until } = await rowOf(db);
      return run === 1 && leased_until === null;
    });
    const { failures, succeeded_at } = await rowOf(db);
    assert.deepEqual([failures, succeeded_at], [1, null]);
    assert.ok(steps > 0);
    const { values } = await one.metrics.jobRuns.get();
    assert.deepEqual(values.map(({ labels, value }) => [labels.job, labels.outcome, value]), [
      ["test.count", "late", 1],
    ]);
  },
);

testOnStores(
  "[I2] an edge that shuts down ends its jobs, and another one continues at once",
  async (opened) => {
    const { store: { db } } = opened;
    const begun = Promise.withResolvers<void>();
    const first = startRunner(db, "one", [
      job((signal) => {
        begun.resolve();
        return pause(WITHIN_MS, signal);
      }),
    ]);
    await begun.promise;
    await first[Symbol.asyncDispose]();
    const { failures, leased_until } = await rowOf(db);
    assert.deepEqual([failures, leased_until], [0, null]);
    await using _second = startRunner((await opened.again()).db, "two", [job(() => Promise.resolve())]);
    await until(async () => (await rowOf(db)).succeeded_at !== null);
    assert.equal((await rowOf(db)).run, 2);
  },
);
