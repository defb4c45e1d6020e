import {
  type AccountId,
  type LinkSecret,
  newRowId,
  randomToken,
  type RoomId,
  type TenantId,
} from "@tafelrunde/protocol";
import { type RawBuilder, sql } from "kysely";
import { hashSecret } from "../../edge/identity/secret.ts";
import { beginSession } from "../../edge/identity/session.ts";
import { makeRoom } from "../../edge/rooms/make_room.ts";
import { findAccount, insertAccount } from "../../edge/store/account.ts";
import type { Db } from "../../edge/store/schema.ts";
import type { LoadRequest } from "./load.ts";

/**
 * Signed-in people of a tenant, each with a room of their own: requests are limited per account, and none of
 * them must reach its limit.
 */
const PEOPLE = 400;

/** Rows per statement. */
const STEP = 10_000;

/** The contents of the database before the bench. */
export interface Seeded {
  readonly people: readonly Person[];
  /**
   * An admin of a tenant with 1,000 rooms and meetings, half of them their own, and one of a tenant with
   * `size` of both.
   */
  readonly small: Person;
  readonly large: Person;
}

/** A signed-in person, and their room. */
export interface Person {
  readonly cookie: string;
  readonly room: RoomId;
  readonly link: LinkSecret;
  /** Secret of an invitation to a meeting in that room, for a guest without an account. */
  readonly invitation: string;
}

/** Fills a database. */
export async function seed(db: Db, size: number): Promise<Seeded> {
  const now = Date.now();
  const tenant = await makeTenant(db);
  const people: Person[] = [];
  for (let n = 0; n < PEOPLE; n++) people.push((await makePerson(db, tenant, now)).person);
  const small = await makeHouse(db, 1_000, now);
  const large = await makeHouse(db, size, now);
  await sql`analyze`.execute(db);
  return { people, small, large };
}

/** The requests of each person, with their cookie. */
export function asksOf(
  people: readonly Person[],
  ask: (person: Person) => Omit<LoadRequest, "headers"> & { headers?: Record<string, string> },
): LoadRequest[] {
  return people.map((person) => {
    const { headers = {}, ...rest } = ask(person);
    return { ...rest, headers: { cookie: person.cookie, ...headers } };
  });
}

async function makeTenant(db: Db): Promise<TenantId> {
  const id = newRowId() as TenantId;
  await db.insertInto("tenant").values({ id, slug: id, name: "Bench", created_at: new Date() }).execute();
  return id;
}

async function makePerson(
  db: Db,
  tenantId: TenantId,
  now: number,
): Promise<{ id: AccountId; person: Person }> {
  const id = newRowId() as AccountId;
  await insertAccount(db, {
    id,
    tenantId,
    name: `Person ${id}`,
    email: `${id}@example.org`,
    isEmailVerified: true,
    role: "admin",
    isOperator: false,
  }, now);
  const account = await findAccount(db, id);
  if (account === undefined) throw new Error("the account is not there");
  const secret = await beginSession(db, account, { method: "password", device: "bench" }, now);
  const { room, link } = await makeRoom(db, { name: "Bench", tenantId, ownerId: id }, now);
  const invitation = randomToken();
  const at = new Date(now);
  const meeting = {
    id: newRowId(),
    tenant_id: tenantId,
    room_id: room,
    has_own_room: true,
    owner_id: id,
    title: "Bench",
    listed_at: at,
    listed_until: null,
    listed_original: null,
    advance_at: null,
    created_at: at,
  };
  await db.insertInto("meeting").values(meeting).execute();
  await db.insertInto("invitation").values({
    id: newRowId(),
    meeting_id: meeting.id,
    email: `guest-${id}@example.org`,
    role: null,
    language: null,
    secret_hash: hashSecret(invitation),
    secret_sealed: "",
    created_at: at,
  }).execute();
  return { id, person: { cookie: `tafelrunde-session=${secret}`, room, link, invitation } };
}

/**
 * A tenant with `size` rooms and `size` future meetings, half of them the admin's own, and a tenth as many
 * people.
 */
async function makeHouse(db: Db, size: number, now: number): Promise<Person> {
  const tenant = await makeTenant(db);
  const { id: admin, person } = await makePerson(db, tenant, now);
  const hash = hashSecret(randomToken());
  const people = size / 10;
  // Ids of 16 letters from the ids' alphabet, derived from a kind and a number.
  const idOf = (kind: string, n: RawBuilder<unknown>) =>
    sql`translate(substr(md5(${`${kind} ${size} `}::text || ${n}), 1, 16), '0189', 'wxyz')`;
  const n = sql.ref("n");
  const room = sql`regexp_replace(${idOf("room", n)}, '^(....)(....)(....).*$', '\\1-\\2-\\3')`;
  const owner = sql`case when n % 2 = 0 then ${admin} else ${
    idOf("person", sql`(n % ${people}::int + 1)`)
  } end`;
  const at = sql`${new Date(now)}::timestamptz`;
  // In steps, with statistics after each: they determine the plans for checking foreign keys.
  const fill = async (count: number, insert: (numbers: RawBuilder<unknown>) => RawBuilder<unknown>) => {
    for (let from = 1; from <= count; from += STEP) {
      await insert(sql`generate_series(${from}::int, ${Math.min(from + STEP - 1, count)}::int) as n`).execute(
        db,
      );
      await sql`analyze`.execute(db);
    }
  };
  await fill(people, (numbers) =>
    sql`insert into account (id, tenant_id, name, sort_name, email, created_at)
    select ${
      idOf("person", n)
    }, ${tenant}, 'Person ' || n, 'person ' || n, 'person' || n || '@example.org', ${at} from ${numbers}`);
  await fill(size, (numbers) =>
    sql`insert into room (id, tenant_id, owner_id, name, created_at, idle_since)
    select ${room}, ${tenant}, ${owner}, 'Room ' || n, ${at} - make_interval(mins => n), ${at} from ${numbers}`);
  await fill(size, (numbers) =>
    sql`insert into room_link (id, room_id, hash, created_at)
    select ${room}, ${room}, ${hash}, ${at} from ${numbers}`);
  const soon = sql`(${at} + make_interval(mins => n + 60))`;
  const soonLocal = sql`to_char(${soon} at time zone 'Europe/Berlin', 'YYYY-MM-DD"T"HH24:MI')`;
  await fill(
    size,
    (numbers) =>
      sql`insert into meeting (id, tenant_id, room_id, has_own_room, owner_id, title, starts_local, time_zone,
      duration_minutes, listed_at, listed_until, listed_original, created_at)
    select ${
        idOf("meeting", n)
      }, ${tenant}, ${room}, true, ${owner}, 'Meeting ' || n, ${soonLocal}, 'Europe/Berlin', 30, ${soon},
      ${soon} + interval '30 minutes', ${soonLocal}, ${at} from ${numbers}`,
  );
  await fill(size, (numbers) =>
    sql`insert into agenda (account_id, meeting_id, listed_at, listed_until)
    select ${owner}, ${idOf("meeting", n)}, ${soon}, ${soon} + interval '30 minutes' from ${numbers}`);
  return person;
}
