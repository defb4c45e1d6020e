import { sql } from "kysely";
import type { Db, Schema } from "./schema.ts";

/** Most rows that one call erases: a statement with more could take longer than it is allowed to. */
export const ERASE_AT_ONCE = 1_000;

/** The same for rooms and meetings, each with much that belongs to it. */
export const ROOMS_AT_ONCE = 100;

type ColumnOf<Table extends keyof Schema> = keyof Schema[Table] & string;

/** A number of milliseconds before now, by the database's clock. */
export const agoByDatabase = (ms: number) => sql<Date>`now() - ${ms} * interval '1 millisecond'`;

/**
 * Deletes rows of `table` whose `column` is `before` or earlier, at most ERASE_AT_ONCE; returns how many.
 * Rows that are null there stay.
 */
export async function eraseUntil<Table extends keyof Schema>(
  db: Db,
  table: Table,
  column: ColumnOf<Table>,
  before: Date | ReturnType<typeof agoByDatabase>,
): Promise<number> {
  const at = sql.ref(column);
  const { numAffectedRows } = await sql`delete from ${sql.table(table)} where ${at} <= ${before} and ctid =
    any(array(select ctid from ${sql.table(table)} where ${at} <= ${before} limit ${ERASE_AT_ONCE}))`
    .execute(db);
  return Number(numAffectedRows ?? 0);
}
