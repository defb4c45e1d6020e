import { sql } from "kysely";
import type { LimitName } from "../limit_table.ts";
import type { Db } from "./schema.ts";

/** Points that all edges together have taken in a window. */
export interface Tally {
  readonly points: number;
  /** When the window is over, ms. */
  readonly endsAt: number;
}

/** Whose points: of a limit, by the keyed hash of the key. */
export interface TallyKey {
  readonly name: LimitName;
  readonly keyHash: string;
}

/** Takes points, one unless `points` says how many, in a window that begins with the first; of many that do so at once each sees another number. */
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

/** Gives a point back. */
export async function returnPoint(db: Db, { name, keyHash }: TallyKey): Promise<void> {
  await db.updateTable("tally").set((eb) => ({ points: eb("points", "-", 1) })).where("limit_name", "=", name)
    .where("key_hash", "=", keyHash).where("points", ">", 0).execute();
}

/** Forgets windows that are over. */
export async function eraseOldTallies(db: Db, now: number): Promise<void> {
  await db.deleteFrom("tally").where("ends_at", "<=", new Date(now)).execute();
}
