import { type EdgeId, PROTOCOL_VERSION } from "@tafelrunde/protocol";
import { sql } from "kysely";
import type { Db } from "./schema.ts";

/** An edge that has not renewed its lease for so long is dead, ms. Three renewals missed; others look each second, so it is noticed within 5 s. */
export const LEASE_MS = 3_500;

const IS_LIVE = sql<boolean>`seen_at > now() - ${LEASE_MS} * interval '1 millisecond'`;

/** Dead edges are forgotten after this, ms. */
const FORGET_MS = 3_600_000;

/**
 * Renews the lease of `edgeId`, which understands protocol `version`, by the database's clock, so that edges need not agree on the time. Gives the version
 * of the oldest edge that is alive.
 */
export async function renewLease(db: Db, edgeId: EdgeId, version = PROTOCOL_VERSION): Promise<number> {
  const lease = { protocol_version: version, seen_at: sql<Date>`now()` };
  const { oldest } = await db
    .with("renewed", (db) =>
      db.insertInto("edge").values({ id: edgeId, ...lease })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(lease)).returning("id"))
    .selectFrom("edge").select(({ fn }) => fn.min("protocol_version").as("oldest")).where(IS_LIVE)
    .executeTakeFirstOrThrow();
  // The statement does not see its own row when that is new.
  return Math.min(oldest ?? version, version);
}

/** Ends the lease at once: an edge that stops in order is not missed. */
export async function endLease(db: Db, edgeId: EdgeId): Promise<void> {
  await db.deleteFrom("edge").where("id", "=", edgeId).execute();
}

/** The edges that are alive. */
export async function readLiveEdges(db: Db): Promise<Set<EdgeId>> {
  const rows = await db.selectFrom("edge").select("id").where(IS_LIVE).execute();
  return new Set(rows.map((row) => row.id as EdgeId));
}

/** Forgets edges that died long ago. */
export async function forgetDeadEdges(db: Db): Promise<void> {
  await db.deleteFrom("edge").where(
    "seen_at",
    "<",
    sql<Date>`now() - ${FORGET_MS} * interval '1 millisecond'`,
  ).execute();
}
