import type { EdgeId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import type { Db } from "./schema.ts";

/** An edge that has not renewed its lease for so long is dead, ms. Three renewals missed; others look each second, so it is noticed within 5 s. */
export const LEASE_MS = 3_500;

/** Dead edges are forgotten after this, ms. */
const FORGET_MS = 3_600_000;

/** Renews the lease of `edgeId` by the database's clock, so that edges need not agree on the time. */
export async function renewLease(db: Db, edgeId: EdgeId): Promise<void> {
  await db.insertInto("edge").values({ id: edgeId, seen_at: sql<Date>`now()` })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ seen_at: sql<Date>`now()` })).execute();
}

/** Ends the lease at once: an edge that stops in order is not missed. */
export async function endLease(db: Db, edgeId: EdgeId): Promise<void> {
  await db.deleteFrom("edge").where("id", "=", edgeId).execute();
}

/** The edges that are alive. */
export async function readLiveEdges(db: Db): Promise<Set<EdgeId>> {
  const rows = await db.selectFrom("edge").select("id").where(
    "seen_at",
    ">",
    sql<Date>`now() - ${LEASE_MS} * interval '1 millisecond'`,
  ).execute();
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
