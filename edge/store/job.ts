import type { EdgeId } from "@tafelrunde/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Db } from "./schema.ts";

/** A periodic job as stored, seen by the database's clock. */
export interface JobRecord {
  readonly name: string;
  /** Time until it can be claimed, ms; 0 or less: now. */
  readonly waitMs: number;
  /** Runs since the last success that failed, or ended with their edge. */
  readonly failures: number;
  /** When it last succeeded, on any edge, ms; null: never. */
  readonly succeededAt: number | null;
}

/** One run of a job: only its latest has the lease. */
export interface JobRun {
  readonly name: string;
  readonly run: number;
}

const inMs = (ms: number): RawBuilder<Date> => sql<Date>`now() + ${ms} * interval '1 millisecond'`;

/** Adds the jobs that the database does not know yet; they are due at once. */
export async function addJobs(db: Db, names: readonly string[]): Promise<void> {
  await db.insertInto("job").values(names.map((name) => ({ name, due_at: sql<Date>`now()` })))
    .onConflict((conflict) => conflict.doNothing()).execute();
}

/** All jobs, also those of other releases. */
export async function readJobs(db: Db): Promise<JobRecord[]> {
  const waitMs = sql<string>`extract(epoch from greatest(due_at, leased_until) - now()) * 1000`;
  const rows = await db.selectFrom("job").select(["name", "failures", "succeeded_at", waitMs.as("wait_ms")])
    .execute();
  return rows.map(({ name, failures, succeeded_at, wait_ms }) => ({
    name,
    waitMs: Number(wait_ms),
    failures,
    succeededAt: succeeded_at?.getTime() ?? null,
  }));
}

/**
 * Takes the lease of a job that is due for `leaseMs`; undefined: it is not due, or runs elsewhere. It counts
 * as failed, and is due again after `retryMs`, unless its end says otherwise.
 */
export async function claimJob(
  db: Db,
  name: string,
  edgeId: EdgeId,
  { leaseMs, retryMs }: { readonly leaseMs: number; readonly retryMs: number },
): Promise<JobRun | undefined> {
  return await db.updateTable("job").set({
    run: sql<number>`run + 1`,
    edge_id: edgeId,
    failures: sql<number>`failures + 1`,
    leased_until: inMs(leaseMs),
    due_at: inMs(retryMs),
  }).where("name", "=", name).where("due_at", "<=", sql<Date>`now()`)
    .where((eb) => eb.or([eb("leased_until", "is", null), eb("leased_until", "<=", sql<Date>`now()`)]))
    .returning(["name", "run"]).executeTakeFirst();
}

/** Renews the leases of these runs; returns the names of those that still had theirs. */
export async function renewJobs(db: Db, runs: readonly JobRun[], leaseMs: number): Promise<Set<string>> {
  const rows = await db.updateTable("job").set({ leased_until: inMs(leaseMs) })
    .where(({ eb, or }) => or(runs.map(({ name, run }) => eb("name", "=", name).and("run", "=", run))))
    .where("leased_until", "is not", null).returning("name").execute();
  return new Set(rows.map(({ name }) => name));
}

/** How a run ended, and when the job is due again, ms from now. */
export interface JobEnd {
  /** "stopped": its edge shuts down, which is not a failure. */
  readonly outcome: "done" | "failed" | "stopped";
  readonly dueInMs: number;
}

/** Ends a run and its lease; does nothing if another run has the lease. */
export async function endJob(db: Db, { name, run }: JobRun, { outcome, dueInMs }: JobEnd): Promise<void> {
  await db.updateTable("job").set({
    leased_until: null,
    due_at: inMs(dueInMs),
    ...outcome === "done" && { failures: 0, succeeded_at: sql<Date>`now()` },
    ...outcome === "stopped" && { failures: sql<number>`failures - 1` },
  }).where("name", "=", name).where("run", "=", run).execute();
}
