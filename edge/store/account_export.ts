import type { AccountId } from "@tafelrunde/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Db } from "./schema.ts";

/** Rows that are read at once: a meeting has up to about 17 KB. */
export const PAGE_ROWS = 100;

/** Rooms or meetings whose rows in another table are looked for at once. */
const PARENTS = 20;

/** Some rows of a table. The pages of one table follow each other; one without rows has one page without any. */
export interface ExportPage {
  readonly table: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** What is exported of a table. */
interface Table {
  readonly columns: RawBuilder<unknown>;
  /** Where from, to the end of the condition that the rows are the person's. */
  readonly from: RawBuilder<unknown>;
  /** Text columns that no two of these rows have alike. */
  readonly keys: readonly [string, ...string[]];
}

/** What is exported of a table whose rows belong to rooms or meetings of the person. */
interface TableOf extends Omit<Table, "from"> {
  readonly parent: "room" | "meeting";
  readonly from: (parents: RawBuilder<unknown>) => RawBuilder<unknown>;
}

/**
 * What the tables hold on a person besides the account itself, by table, page by page, as it stands there; secrets and their hashes left out. Names of
 * columns are those of sql/; `invited` are those whom the person has invited. What changes meanwhile is there as it was or as it is.
 */
export async function* exportAccount(db: Db, id: AccountId): AsyncGenerator<ExportPage, void, undefined> {
  for (const [table, described] of Object.entries(tablesOf(id))) {
    let isEmpty = true;
    const pages = "parent" in described ? pagesOfParents(db, id, described) : pagesOf(db, described);
    for await (const rows of pages) {
      isEmpty = false;
      yield { table, rows };
    }
    if (isEmpty) yield { table, rows: [] };
  }
}

function tablesOf(id: AccountId): Record<string, Table | TableOf> {
  return {
    identity: {
      columns: sql`issuer, subject, created_at`,
      from: sql`identity where account_id = ${id}`,
      keys: ["issuer", "subject"],
    },
    password: {
      columns: sql`changed_at`,
      from: sql`password where account_id = ${id}`,
      keys: ["account_id"],
    },
    passkey: {
      columns: sql`id, name, transports, created_at, used_at`,
      from: sql`passkey where account_id = ${id}`,
      keys: ["id"],
    },
    recovery_code: {
      columns: sql`used_at`,
      from: sql`recovery_code where account_id = ${id}`,
      keys: ["hash"],
    },
    session: {
      columns: sql`method, issuer, device, created_at, proved_at, seen_at, expires_at`,
      from: sql`session where account_id = ${id}`,
      keys: ["id"],
    },
    people_group: {
      columns: sql`g.name`,
      from: sql`people_group g join people_group_member m on m.group_id = g.id where m.account_id = ${id}`,
      keys: ["g.id"],
    },
    api_key: {
      columns: sql`name, scopes, created_at, expires_at, used_at`,
      from: sql`api_key where created_by = ${id}`,
      keys: ["id"],
    },
    room: {
      columns: sql`id, slug, name, settings, created_at`,
      from: sql`room where owner_id = ${id}`,
      keys: ["id"],
    },
    room_link: {
      columns: sql`room_id, role, label, created_at, expires_at, revoked_at`,
      parent: "room",
      from: (rooms) => sql`room_link where room_id = any(${rooms})`,
      keys: ["room_id", "id"],
    },
    room_member: {
      columns: sql`room_id, role`,
      from: sql`room_member where account_id = ${id}`,
      keys: ["room_id"],
    },
    favourite: {
      columns: sql`f.room_id, r.name`,
      from: sql`favourite f join room r on r.id = f.room_id where f.account_id = ${id}`,
      keys: ["f.room_id"],
    },
    meeting: {
      columns: sql`id, room_id, title, description, starts_local, time_zone, duration_minutes, recurrence,
        cancelled_at, created_at`,
      from: sql`meeting where owner_id = ${id}`,
      keys: ["id"],
    },
    meeting_exception: {
      columns: sql`meeting_id, original_local, is_cancelled, starts_local, duration_minutes, title`,
      parent: "meeting",
      from: (meetings) => sql`meeting_exception where meeting_id = any(${meetings})`,
      keys: ["meeting_id", "original_local"],
    },
    invitation: {
      columns: sql`i.meeting_id, m.title, i.role, i.answer, i.answered_at, i.created_at`,
      from: sql`invitation i join meeting m on m.id = i.meeting_id where i.account_id = ${id}`,
      keys: ["i.id"],
    },
    invited: {
      columns: sql`i.meeting_id, coalesce(a.name, i.name) as name, i.email, i.role, i.answer, i.answered_at,
        i.created_at`,
      parent: "meeting",
      from: (meetings) =>
        sql`invitation i left join account a on a.id = i.account_id where i.meeting_id = any(${meetings})`,
      keys: ["i.meeting_id", "i.id"],
    },
    mail_address: {
      columns: sql`email, expires_at`,
      from: sql`ticket where account_id = ${id} and email is not null`,
      keys: ["hash"],
    },
  };
}

/** Pages of the rows that belong to the person's rooms or meetings: a few of these at a time, so that no page sorts the rows of all. */
async function* pagesOfParents(
  db: Db,
  id: AccountId,
  { parent, from, ...table }: TableOf,
): AsyncGenerator<ExportPage["rows"], void, undefined> {
  const parents = {
    columns: sql`id`,
    from: sql`${sql.table(parent)} where owner_id = ${id}`,
    keys: ["id"],
  } as const;
  for await (const some of pagesOf(db, parents, PARENTS)) {
    const ids = some.map((row) => row.id);
    yield* pagesOf(db, { ...table, from: from(sql`${ids}::text[]`) });
  }
}

/** Pages of a table in the order of its keys: each is a short statement of its own, so that a reader takes their time without the database. */
async function* pagesOf(
  db: Db,
  { columns, from, keys }: Table,
  count = PAGE_ROWS,
): AsyncGenerator<ExportPage["rows"], void, undefined> {
  const refs = keys.map((key) => sql.ref(key));
  const selected = refs.map((ref, index) => sql`${ref} as ${sql.id(keyName(index))}`);
  let after: readonly unknown[] | undefined;
  for (;;) {
    const behind = after === undefined ? sql`` : sql`and (${sql.join(refs)}) > (${sql.join(after)})`;
    const { rows } = await sql<Record<string, unknown>>`
      select ${columns}, ${sql.join(selected)} from ${from} ${behind}
      order by ${sql.join(refs)} limit ${sql.lit(count)}`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = keys.map((_, index) => last[keyName(index)]);
    for (const row of rows) for (const index of keys.keys()) delete row[keyName(index)];
    yield rows;
    if (rows.length < count) return;
  }
}

const keyName = (index: number) => `~${index}`;
