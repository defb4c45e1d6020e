import { sql } from "kysely";
import type { LimitName } from "../limit_table.ts";
import type { Db } from "./schema.ts";

/** Points used by all edges together in a window. */
export interface RateCounter {
  readonly points: number;
  /** When the window ends, ms. */
  readonly endsAt: number;
}

/** The counter of a limit, by the keyed hash of its key. */
export interface RateCounterKey {
  readonly name: LimitName;
  readonly keyHash: string;
}

/** Takes `points` in a window that starts with the first one; concurrent callers get different counts. */
export async function takePoint(
  db: Db,
  { name, keyHash }: RateCounterKey,
  windowMs: number,
  now: number,
  points = 1,
): Promise<RateCounter> {
  const at = new Date(now);
  const row = await db.insertInto("rate_counter")
    .values({ limit_name: name, key_hash: keyHash, points, ends_at: new Date(now + windowMs) })
    .onConflict((conflict) =>
      conflict.columns(["limit_name", "key_hash"]).doUpdateSet({
        points: sql<
          number
        >`case when rate_counter.ends_at <= ${at} then excluded.points else rate_counter.points + excluded.points end`,
        ends_at: sql<
          Date
        >`case when rate_counter.ends_at <= ${at} then excluded.ends_at else rate_counter.ends_at end`,
      })
    )
    .returning(["points", "ends_at"]).executeTakeFirstOrThrow();
  return { points: row.points, endsAt: row.ends_at.getTime() };
}

/** Returns a point. */
export async function returnPoint(db: Db, { name, keyHash }: RateCounterKey): Promise<void> {
  await db.updateTable("rate_counter").set((eb) => ({ points: eb("points", "-", 1) })).where(
    "limit_name",
    "=",
    name,
  )
    .where("key_hash", "=", keyHash).where("points", ">", 0).execute();
}
