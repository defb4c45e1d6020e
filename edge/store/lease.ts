import { type EdgeId, PROTOCOL_VERSION } from "@tafelrunde/protocol";
import { sql } from "kysely";
import type { Db } from "./schema.ts";

/**
 * An edge that has not renewed its lease for this time is dead, ms: three missed renewals. Others check every
 * second, so they notice within 5 s.
 */
export const LEASE_MS = 3_500;

const IS_LIVE = sql<boolean>`seen_at > now() - ${LEASE_MS} * interval '1 millisecond'`;

/** Dead edges are deleted after this, ms. */
export const FORGET_EDGE_MS = 3_600_000;

/**
 * Renews the lease of `edgeId`, which understands protocol `version`. Uses the database's clock, so edges
 * need not agree on the time. Returns the lowest version of all live edges.
 */
export async function renewLease(db: Db, edgeId: EdgeId, version = PROTOCOL_VERSION): Promise<number> {
  const lease = { protocol_version: version, seen_at: sql<Date>`now()` };
  const { oldest } = await db
    .with("renewed", (db) =>
      db.insertInto("edge").values({ id: edgeId, ...lease })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(lease)).returning("id"))
    .selectFrom("edge").select(({ fn }) => fn.min("protocol_version").as("oldest")).where(IS_LIVE)
    .executeTakeFirstOrThrow();
  // The statement does not see its own row if that is new.
  return Math.min(oldest ?? version, version);
}

/** Ends the lease at once when an edge shuts down in order. */
export async function endLease(db: Db, edgeId: EdgeId): Promise<void> {
  await db.deleteFrom("edge").where("id", "=", edgeId).execute();
}

/** The live edges. */
export async function readLiveEdges(db: Db): Promise<Set<EdgeId>> {
  const rows = await db.selectFrom("edge").select("id").where(IS_LIVE).execute();
  return new Set(rows.map((row) => row.id as EdgeId));
}
