import type { AccountId } from "@tafelrunde/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Db } from "./schema.ts";

/** Rows per read: a meeting has up to about 17 KB. */
export const PAGE_ROWS = 100;

/** Rooms or meetings per read of their rows in another table. */
const PARENTS = 20;

/**
 * One page of a table. The pages of one table follow each other; an empty table has one page without rows.
 */
export interface ExportPage {
  readonly table: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** The exported part of a table. */
interface Table {
  readonly columns: RawBuilder<unknown>;
  /** Everything from `from` to the end of the condition that selects the person's rows. */
  readonly from: RawBuilder<unknown>;
  /** Text columns that together are unique among these rows. */
  readonly keys: readonly [string, ...string[]];
}

/** The exported part of a table whose rows belong to the person's rooms or meetings. */
interface TableOf extends Omit<Table, "from"> {
  readonly parent: "room" | "meeting";
  readonly from: (parents: RawBuilder<unknown>) => RawBuilder<unknown>;
}

/**
 * The stored data on a person besides the account itself, by table and page, as stored, without secrets and
 * their hashes. Column names are those of sql/; `invited` are the people that the person has invited. Rows
 * that change during the export appear in either state.
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
      from: sql`one_time_secret where account_id = ${id} and email is not null`,
      keys: ["hash"],
    },
  };
}

/**
 * Pages of rows that belong to the person's rooms or meetings. Goes through a few of these at a time, so that
 * no page sorts all rows.
 */
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

/**
 * Pages of a table in the order of its keys. Each is a short statement, so a slow reader does not keep the
 * database busy.
 */
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
