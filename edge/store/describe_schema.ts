import { sql } from "kysely";
import type { Db } from "./schema.ts";

/**
 * The public schema as SQL for reading and comparing: tables in alphabetical order, each with columns,
 * constraints and indexes.
 */
export async function describeSchema(db: Db): Promise<string> {
  const { rows } = await sql<{ name: string; lines: string[]; indexes: string[] | null }>`
    select c.relname as name,
      array(
        select format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
          case when a.attnotnull then ' not null' else '' end, ' default ' || pg_get_expr(d.adbin, d.adrelid))
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum
      ) || array(
        select '  constraint ' || quote_ident(n.conname) || ' ' || pg_get_constraintdef(n.oid)
        from pg_constraint n where n.conrelid = c.oid and n.contype <> 'n' order by n.conname
      ) as lines,
      array(
        select pg_get_indexdef(i.indexrelid) || ';' from pg_index i
        where i.indrelid = c.oid and not exists (select from pg_constraint n where n.conindid = i.indexrelid and n.conrelid = c.oid)
        order by 1
      ) as indexes
    from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by c.relname`
    .execute(db);
  const tables = rows.map(({ name, lines, indexes }) =>
    [`create table ${name} (`, lines.join(",\n"), ");", ...indexes ?? []].join("\n")
  );
  return `-- The result of the migrations in this folder. Written by a test: UPDATE_SCHEMA=1.\n\n${
    tables.join("\n\n")
  }\n`;
}
