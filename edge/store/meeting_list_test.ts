import assert from "node:assert/strict";
import type { AccountId, MeetingId } from "@tafelrunde/protocol";
import { MeetingList } from "@tafelrunde/protocol/http";
import { sql } from "kysely";
import { listQuery, type MeetingsOf, readMeetings, seenQuery } from "./meeting_list.ts";
import type { Db } from "./schema.ts";
import { testOnStores } from "./store_for_tests.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "./tenant.ts";

const ANNA = "aaaaaaaaaaaaaanna".slice(1) as AccountId;
const NOW = Date.parse("2026-03-23T07:00:00Z");

/** Meetings created per statement. */
const PART = 2_000;

/**
 * Creates an account with `count` meetings, one every ten minutes, half of them over; a tenth of them
 * permanent.
 */
async function seed(db: Db, count: number): Promise<void> {
  await ensureDefaultTenant(db, 0);
  const at = sql`${new Date(NOW)}::timestamptz`;
  await sql`insert into account (id, tenant_id, name, sort_name, created_at) values (${ANNA}, ${DEFAULT_TENANT}, 'Anna', 'anna', ${at})`
    .execute(db);
  // In parts, because a statement has a time limit of seconds and a slow machine needs them.
  for (let from = 1; from <= count; from += PART) {
    const to = Math.min(count, from + PART - 1);
    await sql`insert into room (id, tenant_id, owner_id, name, created_at, idle_since)
      select 'room-' || n, ${DEFAULT_TENANT}, ${ANNA}, 'Rat', ${at}, ${at} from generate_series(${from}::int, ${to}::int) n`
      .execute(db);
    await sql`insert into meeting (id, tenant_id, room_id, has_own_room, owner_id, title, listed_at, listed_until, created_at)
      select 'm' || lpad(n::text, 15, '0'), ${DEFAULT_TENANT}, 'room-' || n, true, ${ANNA}, 'Rat', start,
        case when n % 10 = 0 then null else start + interval '1 hour' end, start
      from (select n, ${at} + (n - ${count}::int / 2) * interval '10 minutes' as start from generate_series(${from}::int, ${to}::int) n) s`
      .execute(db);
    await sql`insert into agenda (account_id, meeting_id, listed_at, listed_until)
      select ${ANNA}, id, listed_at, listed_until from meeting where room_id in (select 'room-' || n from generate_series(${from}::int, ${to}::int) n)`
      .execute(db);
  }
}

/** Number of rows that all nodes of a plan together read, and the kinds of nodes. */
function readPlan(plan: Plan): { rows: number; kinds: string[] } {
  const below = (plan.Plans ?? []).map(readPlan);
  const own = (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0)) * plan["Actual Loops"];
  return {
    rows: own + below.reduce((sum, { rows }) => sum + rows, 0),
    kinds: [plan["Node Type"], ...below.flatMap(({ kinds }) => kinds)],
  };
}

interface Plan {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

testOnStores(
  "[D5] a list reads only as many rows as it shows, however many there are",
  async ({ store }, t) => {
    const { db, kind } = store;
    await seed(db, 20_000);
    // As autovacuum does, which PGlite lacks: it never knows how large its tables are.
    if (kind === "postgres") await sql`analyze`.execute(db);
    for (const list of MeetingList.options) {
      if (list === "favourites") continue;
      for (const  of of[{ accountId: ANNA }, { tenantId: DEFAULT_TENANT }] satisfies MeetingsOf[]) {
        await t.step(`${list} of ${Object.keys(of)[0]}`, async () => {
          const dayMs = 86_400_000;
          const middle = {
            at: NOW + (list === "past" ? -dayMs : dayMs),
            id: "maaaaaaaaaaaaaaa" as MeetingId,
          };
          for (const after of [undefined, middle]) {
            const query = listQuery(of, list, NOW, after, 21);
            const { rows: [row] } = await sql<{ "QUERY PLAN": [{ Plan: Plan }] }>`
            explain (analyze, format json) ${query}`.execute(db);
            const { rows, kinds } = readPlan(row!["QUERY PLAN"][0].Plan);
            // For those in progress, all that started within a day are read: 144 here, whatever the size.
            assert.ok(rows <= (list === "now" ? 500 : 100), `${rows} rows: ${kinds}`);
          }
        });
      }
    }
    await t.step("listed meetings are read by their ids", async () => {
      const ids = ["m000000000000001", "m000000000000003", "m000000000000002"] as MeetingId[];
      const read = await readMeetings(db, [...ids, "gone".padEnd(16, "a") as MeetingId], ANNA);
      assert.deepEqual(read.map(({ id }) => id), ids);
      const [row] = await seenQuery(db, ids, ANNA).explain<{ "QUERY PLAN": [{ Plan: Plan }] }>(
        "json",
        sql`analyze`,
      );
      const { rows, kinds } = readPlan(row!["QUERY PLAN"][0].Plan);
      assert.ok(rows <= 100, `${rows} rows: ${kinds}`);
    });
  },
);
