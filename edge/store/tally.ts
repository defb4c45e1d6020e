import { sql } from "kysely";
import type { LimitName } from "../limit_table.ts";
import type { Db } from "./schema.ts";

/** Points used by all edges together in a window. */
export interface Tally {
  readonly points: number;
  /** When the window ends, ms. */
  readonly endsAt: number;
}

/** The counter of a limit, by the keyed hash of its key. */
export interface TallyKey {
  readonly name: LimitName;
  readonly keyHash: string;
}

/** Takes `points` in a window that starts with the first one; concurrent callers get different counts. */
export async function takePoint(
  db: Db,
  { name, keyHash }: TallyKey,
  windowMs: number,
  now: number,
  points = 1,
): Promise<Tally> {
  const at = new Date(now);
  const row = await db.insertInto("tally")
    .values({ limit_name: name, key_hash: keyHash, points, ends_at: new Date(now + windowMs) })
    .onConflict((conflict) =>
      conflict.columns(["limit_name", "key_hash"]).doUpdateSet({
        points: sql<
          number
        >`case when tally.ends_at <= ${at} then excluded.points else tally.points + excluded.points end`,
        ends_at: sql<Date>`case when tally.ends_at <= ${at} then excluded.ends_at else tally.ends_at end`,
      })
    )
    .returning(["points", "ends_at"]).executeTakeFirstOrThrow();
  return { points: row.points, endsAt: row.ends_at.getTime() };
}

/** Returns a point. */
export async function returnPoint(db: Db, { name, keyHash }: TallyKey): Promise<void> {
  await db.updateTable("tally").set((eb) => ({ points: eb("points", "-", 1) })).where("limit_name", "=", name)
    .where("key_hash", "=", keyHash).where("points", ">", 0).execute();
}

/** Deletes windows that have ended. */
export async function eraseOldTallies(db: Db, now: number): Promise<void> {
  await db.deleteFrom("tally").where("ends_at", "<=", new Date(now)).execute();
}
