import { sql } from "kysely";
import type { Db } from "./schema.ts";
import { StoreUnusable } from "./unavailable.ts";

/** The oldest supported PostgreSQL, as `server_version_num`. */
const OLDEST_SERVER = 150_000;

/** Checks that PostgreSQL is usable. Throws StoreUnusable with an explanation if not. */
export async function checkDatabase(db: Db): Promise<void> {
  const { rows: [found] } = await sql<
    { version: string; number: string; encoding: string; is_read_only: string }
  >`select current_setting('server_version') as version, current_setting('server_version_num') as number,
    current_setting('server_encoding') as encoding, current_setting('transaction_read_only') as is_read_only`
    .execute(db);
  const { version, number, encoding, is_read_only } = found!;
  if (Number(number) < OLDEST_SERVER) {
    throw new StoreUnusable(`DATABASE_URL: this is PostgreSQL ${version}, but 15 or newer is needed.`);
  }
  if (encoding !== "UTF8") {
    throw new StoreUnusable(
      `DATABASE_URL: the database has the encoding ${encoding}, but UTF8 is needed, or names and messages could not ` +
        "be kept. Make a new one: create database tafelrunde encoding 'UTF8' template template0.",
    );
  }
  if (is_read_only === "on") {
    throw new StoreUnusable(
      "DATABASE_URL: the database can only be read. It is a standby, or default_transaction_read_only is on.",
    );
  }
}
