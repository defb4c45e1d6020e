import type { RoomId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import type { Db } from "./schema.ts";

/** The first day of the month of an instant (ms), UTC: "2026-11-01". */
export function monthOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 7)}-01`;
}

/** Adds participant minutes to the usage of the rooms' tenants in the month of `at` (ms). */
export async function addMinutes(db: Db, spent: ReadonlyMap<RoomId, number>, at: number): Promise<void> {
  if (spent.size === 0) return;
  await sql`insert into tenant_usage (tenant_id, month, minutes)
    select r.tenant_id, ${monthOf(at)}::date, sum(s.minutes)::int
    from unnest(${[...spent.keys()]}::text[], ${[...spent.values()]}::int[]) as s (room_id, minutes)
    join room r on r.id = s.room_id where r.tenant_id is not null group by r.tenant_id
    on conflict (tenant_id, month) do update set minutes = tenant_usage.minutes + excluded.minutes`.execute(
    db,
  );
}
