import { sql } from "kysely";
import type { Db } from "./schema.ts";
import { StoreUnavailable } from "./unavailable.ts";

/** Bytes written by a check for free space. */
const SPACE_BYTES = 1024 * 1024;

/**
 * Writes a file where PGlite has its data, and deletes it. Rejects with StoreUnavailable if there is no
 * space.
 */
export async function lookForSpace(path: string): Promise<void> {
  const bytes = new Uint8Array(SPACE_BYTES);
  for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  try {
    await Deno.writeFile(path, bytes, { mode: 0o600 });
  } catch (error) {
    throw new StoreUnavailable("There is no space where the database keeps its data.", { cause: error });
  } finally {
    await Deno.remove(path).catch(() => {/* it could not be created */});
  }
}

/**
 * Makes PostgreSQL write temporary data that does not fit into its memory. Nothing stays, and no table, log
 * or catalog grows. Throws 53100 if there is no space.
 */
export async function lookForPostgresSpace(db: Db): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`select set_config('work_mem', '64kB', true), set_config('temp_tablespaces', '', true)`.execute(
      trx,
    );
    await sql`select count(*) from generate_series(1, 60000)`.execute(trx);
  });
}
