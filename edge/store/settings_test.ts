import type { AccountId, Event, GroupId, ParticipantId, RoomId } from "@tafelrunde/protocol";
import { newRowId } from "@tafelrunde/protocol";
import assert from "node:assert/strict";
import { sql } from "kysely";
import pg from "pg";
import { openPostgres as openServer } from "../../tools/postgres.ts";
import { insertAccount } from "./account.ts";
import { putFavourite, readFavourites } from "./favourite.ts";
import { insertGroup, listGroups } from "./group.ts";
import { migrate } from "./migrate.ts";
import { openPostgres } from "./open.ts";
import { listPeople } from "./person.ts";
import { insertRoom } from "./room.ts";
import { appendEvents, readEvents } from "./room_log.ts";
import { testOnStores } from "./store_for_tests.ts";
import { openEmptyPglite } from "./template_for_tests.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "./tenant.ts";
import { StoreUnusable } from "./unavailable.ts";

/** Runs statements on a database of the test server. */
async function run(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Creates a database with the options `how`; returns its URL. */
async function createDatabase(serverUrl: string, how: string): Promise<string> {
  const name = `test_${newRowId().toLowerCase()}`;
  await run(serverUrl, `create database ${name} template template0 ${how}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

const nameOf = (url: string) => new URL(url).pathname.slice(1);

/** Asserts that a database is refused with an explanation, and not with a library's error. */
async function refuses(url: string, sentence: RegExp): Promise<void> {
  await assert.rejects(openPostgres(url), (error) => {
    assert.ok(error instanceof StoreUnusable, String(error));
    assert.match(error.message, /^DATABASE_URL: /);
    assert.match(error.message, sentence);
    return true;
  });
}

Deno.test("[S6] a database that cannot store all letters is refused at startup, with an explanation", async () => {
  await using server = await openServer();
  for (const encoding of ["LATIN1", "SQL_ASCII", "WIN1252", "EUC_JP"]) {
    const url = await createDatabase(server.url, `encoding '${encoding}' lc_collate 'C' lc_ctype 'C'`);
    await refuses(url, new RegExp(`encoding ${encoding}, but UTF8 is needed`));
  }
});

Deno.test("[S6] an unusable database is refused at startup, with the reason", async (t) => {
  await using server = await openServer();
  const role = `role_${newRowId().toLowerCase()}`;
  await run(server.url, `create role ${role} login password 'right'`);
  const as = (url: string, user: string, password: string) => {
    const other = new URL(url);
    [other.username, other.password] = [user, password];
    return other.href;
  };
  const url = await createDatabase(server.url, "");
  await t.step(
    "its user may not create tables",
    () => refuses(as(url, role, "right"), /permission denied.*CREATE/),
  );
  await t.step("a wrong password", () => refuses(as(url, role, "wrong"), /password authentication failed/));
  await t.step("no such database", () => refuses(`${url}_not`, /does not exist/));
  await t.step("nothing listens there", () => refuses("postgres://u:p@127.0.0.1:9/x", /ECONNREFUSED/));
  await t.step(
    "no such host",
    () => refuses("postgres://u:p@nowhere.invalid/x", /ENOTFOUND|EAI_AGAIN|lookup/),
  );
  await t.step("it is read-only", async () => {
    const readOnly = await createDatabase(server.url, "");
    await run(readOnly, `alter database ${nameOf(readOnly)} set default_transaction_read_only = on`);
    await refuses(readOnly, /can only be read/);
  });
  await t.step("no schema for tables", async () => {
    const bare = await createDatabase(server.url, "");
    await run(bare, `alter database ${nameOf(bare)} set search_path = nowhere`);
    await refuses(bare, /no schema.*search_path/);
  });
  await run(server.url, `drop role ${role}`);
});

testOnStores(
  "[S7] a database of a newer version is refused and left unchanged",
  async ({ store }) => {
    const { db } = store;
    const count = async () =>
      Number((await sql<{ n: string }>`select count(*) as n from migration`.execute(db)).rows[0]!.n);
    await migrate(db);
    await db.insertInto("migration").values({ name: "9999_what_comes" }).execute();
    const before = await count();
    await assert.rejects(migrate(db), (error) => {
      assert.ok(error instanceof StoreUnusable);
      assert.match(error.message, /newer version of Tafelrunde, which has made 9999_what_comes\./);
      return true;
    });
    assert.equal(await count(), before);
  },
);

testOnStores(
  "[S7] what a newer version has only added keeps no edge from starting",
  async ({ store: { db } }) => {
    await db.insertInto("migration_added").values({ name: "9999_what_comes.adds.sql" }).execute();
    await migrate(db);
    // Releases before it compare only the other table.
    const names = (await db.selectFrom("migration").select("name").execute()).map(({ name }) => name);
    assert.deepEqual(names.filter((name) => name.includes(".adds.")), []);
  },
);

/** Possible settings of a database or a role, each of which would change something. */
const ODD_SETTINGS = {
  DateStyle: "'German, DMY'",
  IntervalStyle: "'sql_standard'",
  TimeZone: "'Pacific/Apia'",
  bytea_output: "'escape'",
  extra_float_digits: "'-15'",
  standard_conforming_strings: "off",
  transform_null_equals: "on",
  default_transaction_isolation: "'serializable'",
  default_transaction_deferrable: "on",
  statement_timeout: "'7ms'",
  lock_timeout: "'7ms'",
  idle_in_transaction_session_timeout: "'7ms'",
  idle_session_timeout: "'150ms'",
  client_encoding: "'LATIN1'",
  client_min_messages: "'debug5'",
  lc_time: "'C'",
};

const ROOM = "aaaa-bbbb-ccaa" as RoomId;

/** Texts and instants that other settings would write, read or sort differently. */
const TEXTS = ["O'Brien \\' \\\\ \\n \\x41", "Özlem 🎲 漢字", "3.5e-17 = null", "1.2.2026"];
const INSTANTS = [Date.UTC(2026, 1, 3, 4, 5, 6, 789), Date.UTC(2026, 11, 30, 23, 59, 59, 1), 0];

/** Messages posted in the room at these instants. */
const SAID = TEXTS.flatMap((text, index) =>
  INSTANTS.map((at, nth) => ({
    type: "chat.posted",
    seq: 2 + index * INSTANTS.length + nth,
    at,
    actor: "A".repeat(16) as ParticipantId,
    cause: `command-${index}-${nth}`,
    participantId: "A".repeat(16) as ParticipantId,
    name: text,
    text,
  } as Event))
);

Deno.test("[S5] settings of a database or a role change nothing that is stored or read", async (t) => {
  await using server = await openServer();
  const url = await createDatabase(server.url, "");
  await run(
    server.url,
    ...Object.entries(ODD_SETTINGS).map(([name, value]) =>
      `alter database ${nameOf(url)} set ${name} = ${value}`
    ),
  );
  await using store = await openPostgres(url);
  for (const [name, db] of [["db", store.db], ["vital", store.vital]] as const) {
    await t.step(`the settings of ${name} are ours`, async () => {
      const { rows: [row] } = await sql<{ settings: Record<string, string> }>`
        select json_object_agg(name, setting) as settings from pg_settings where source = 'database'`.execute(
        db,
      );
      assert.deepEqual(Object.keys(row!.settings).sort(), ["client_min_messages", "lc_time"]);
    });
  }
  await t.step("texts and instants are read as they were written", async () => {
    await ensureDefaultTenant(store.db, INSTANTS[0]!);
    await insertRoom(store.db, { id: ROOM, linkHash: "00" }, TEXTS[0]!, INSTANTS[0]!);
    assert.equal(await appendEvents(store.db, ROOM, SAID), "stored");
    assert.deepEqual(await readEvents(store.db, ROOM, 1), SAID);
  });
  await t.step(
    "slow statements can finish, also in a transaction, and idle connections stay",
    async () => {
      await store.db.transaction().execute(async (trx) => {
        const pid = async () =>
          (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)).rows[0]!.pid;
        const before = await pid();
        await sql`select pg_sleep(0.3)`.execute(trx);
        await new Promise((resolve) => setTimeout(resolve, 300));
        assert.equal(await pid(), before);
      });
    },
  );
  await t.step("two concurrent writers are not told to try again", async () => {
    const rename = (name: string) =>
      store.db.updateTable("room").set({ name }).where("id", "=", ROOM).execute();
    await Promise.all(Array.from({ length: 20 }, (_, index) => rename(`name ${index}`)));
  });
});

/** Names in the order of lists, on every database. */
const NAMES = [
  "Anna",
  "ÅSA",
  "Łukasz",
  "O'Brien",
  "ozan",
  "Özlem",
  "Straße",
  "strasser",
  "Ümit",
  "Zoë",
  "Ελένη",
  "Юлия",
];

/** Searches, and the people they find. */
const SEARCHES: Readonly<Record<string, readonly string[]>> = {
  "özlem": ["Özlem"],
  "ÖZLEM": ["Özlem"],
  "ozlem": ["Özlem"],
  "o\u0308zl": ["Özlem"],
  "ZOË": ["Zoë"],
  "STRASSE": ["Straße", "strasser"],
  "åsa": ["ÅSA"],
  "łuk": ["Łukasz"],
  "ελένη": ["Ελένη"],
  "юли": ["Юлия"],
  "ANNA@EXAMPLE": ["Anna"],
};

const LOCALES = {
  "PostgreSQL, C": "encoding 'UTF8' lc_collate 'C' lc_ctype 'C'",
  "PostgreSQL, C.UTF-8": "encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'",
  "PostgreSQL, ICU": "encoding 'UTF8' locale_provider icu icu_locale 'tr-TR' lc_collate 'C' lc_ctype 'C'",
  "PGlite": undefined,
} as const;

for (const [kind, how] of Object.entries(LOCALES)) {
  Deno.test(`[S5] names are found and sorted the same on any locale of the database (${kind})`, async (t) => {
    await using server = how === undefined ? undefined : await openServer();
    await using store = how === undefined
      ? await openEmptyPglite()
      : await openPostgres(await createDatabase(server!.url, how));
    const { db } = store;
    const at = INSTANTS[0]!;
    await ensureDefaultTenant(db, at);
    const accounts = new Map<string, AccountId>();
    for (const name of [...NAMES].reverse()) {
      const id = newRowId() as AccountId;
      accounts.set(name, id);
      await insertAccount(db, {
        id,
        tenantId: DEFAULT_TENANT,
        name,
        email: name === "Anna" ? "anna@example.org" : null,
        isEmailVerified: false,
        role: "member",
        isOperator: false,
      }, at);
    }
    const list = async (search?: string) =>
      (await listPeople(db, DEFAULT_TENANT, { search, withDisabled: false }, { after: undefined, count: 50 }))
        .map(({ name }) => name);
    await t.step("people are listed in one order, and pages are complete", async () => {
      assert.deepEqual(await list(), NAMES);
      const paged: string[] = [];
      let after: readonly [string, string] | undefined;
      for (;;) {
        const page = await listPeople(db, DEFAULT_TENANT, { search: undefined, withDisabled: false }, {
          after,
          count: 1,
        });
        if (page.length === 0) break;
        paged.push(page[0]!.name);
        after = [page[0]!.sortName, page[0]!.id];
      }
      assert.deepEqual(paged, NAMES);
    });
    await t.step("people are found in upper and lower case, with and without marks", async () => {
      for (const [search, found] of Object.entries(SEARCHES)) {
        assert.deepEqual(await list(search), found, search);
      }
    });
    await t.step("groups and favourites, too", async () => {
      for (const name of [...NAMES].reverse()) {
        await insertGroup(db, { id: newRowId() as GroupId, tenantId: DEFAULT_TENANT, name }, at);
      }
      const groups = await listGroups(db, DEFAULT_TENANT, { after: undefined, count: 50 });
      assert.deepEqual(groups.map(({ name }) => name), NAMES);
      for (const [index, name] of [...NAMES].reverse().entries()) {
        const id = `aaaa-bbbb-a${String.fromCharCode(97 + index)}aa` as RoomId;
        await insertRoom(db, { id, linkHash: `0${index}` }, name, at);
        await putFavourite(db, accounts.get("Anna")!, id);
      }
      assert.deepEqual((await readFavourites(db, accounts.get("Anna")!)).map(({ name }) => name), NAMES);
    });
  });
}
