import { sql } from "kysely";
import type { Db } from "./schema.ts";

/** Letters that Unicode does not take apart, and what they are looked for as. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  ł: "l",
  ħ: "h",
  ı: "i",
  þ: "th",
};

/** Rows of before that are filled by one statement. */
const BATCH = 1_000;

/**
 * A name as lists go by it and search finds it: small letters, without the marks of Latin, Greek and Cyrillic ones: "Özlem" is "ozlem". The same on every
 * database. Empty for an empty name only.
 */
export function sortName(name: string): string {
  const folded = name.normalize("NFKD").replaceAll(/[\u0300-\u036f]+/g, "").toLowerCase()
    .replaceAll(/[\u0300-\u036f]+/g, "").replaceAll(/[ßæœøđðłħıþ]/g, (letter) => LETTERS[letter]!)
    .normalize("NFC");
  return folded === "" ? name : folded;
}

/** The columns of a name. */
export function nameColumns(name: string): { readonly name: string; readonly sort_name: string } {
  return { name, sort_name: sortName(name) };
}

/** Fills what rows of before the column lack. */
export async function fillSortNames(trx: Db): Promise<void> {
  for (const table of ["account", "people_group"] as const) {
    for (;;) {
      const rows = await trx.selectFrom(table).select(["id", "name"]).where("sort_name", "=", "")
        .where("name", "!=", "").limit(BATCH).execute();
      if (rows.length === 0) break;
      const filled = rows.map(({ id, name }) => ({ id, sort_name: sortName(name) }));
      await sql`update ${sql.table(table)} as t set sort_name = f.sort_name
        from json_to_recordset(${
        JSON.stringify(filled)
      }::json) as f(id text, sort_name text) where t.id = f.id`
        .execute(trx);
    }
  }
}
