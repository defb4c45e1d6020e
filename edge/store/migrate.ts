import { sql } from "kysely";
import type { Db } from "./schema.ts";
import { StoreUnusable } from "./unavailable.ts";

/**
 * Migrations, applied in the order of their names: `NNNN_name.sql`, and `NNNN_name.adds.sql`, which only adds
 * tables, indexes, and columns with a default. Releases before the latter work with its result, so they can
 * also start: it is recorded in a table that they do not compare.
 */
const FOLDER = new URL("../../sql/", import.meta.url);

/** An arbitrary number; all edges of one database take this advisory lock while they migrate. */
const MIGRATION_LOCK = 0x7afe1;

/**
 * Applies outstanding migrations. Safe to call from several edges at once. Throws StoreUnusable if a newer
 * version has migrated the database, because this version would misread its data.
 */
export async function migrate(db: Db): Promise<void> {
  const names = [...Deno.readDirSync(FOLDER)].map((entry) => entry.name).filter((name) =>
    /^\d{4}_\w+(\.adds)?\.sql$/.test(name)
  ).sort();
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(trx);
    for (const table of ["migration", "migration_added"] as const) {
      await sql`create table if not exists ${
        sql.table(table)
      } (name text primary key, applied_at timestamptz not null default now())`.execute(trx);
    }
    const applied = new Set(
      (await trx.selectFrom("migration").select("name").execute()).map((row) => row.name),
    );
    const unknown = [...applied].filter((name) => !names.includes(name)).sort();
    if (unknown.length > 0) {
      throw new StoreUnusable(
        `The database was used by a newer version of Tafelrunde, which has made ${unknown.join(", ")}. ` +
          "Start that version, or go back to a copy of the database from before.",
      );
    }
    for (const { name } of await trx.selectFrom("migration_added").select("name").execute()) {
      applied.add(name);
    }
    for (const name of names) {
      if (applied.has(name)) continue;
      for (const statement of statements(Deno.readTextFileSync(new URL(name, FOLDER)))) {
        await sql.raw(statement).execute(trx);
      }
      const table = name.endsWith(".adds.sql") ? "migration_added" : "migration";
      await trx.insertInto(table).values({ name }).execute();
    }
  });
}

/** The statements of a file: each ends with a semicolon at the end of a line. */
function statements(text: string): string[] {
  return text.split(/;\s*$/m).map((part) => part.trim()).filter((part) =>
    part.replaceAll(/^--.*$/gm, "").trim() !== ""
  );
}
