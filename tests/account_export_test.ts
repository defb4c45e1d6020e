/** The export of an account with much data, on every store and with both ways of serving. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { sql } from "kysely";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, type RestClient, signIn } from "./rest_client.ts";

/** Their descriptions are about 24 MB: more than two unread sockets buffer. */
const MEETINGS = 1_500;
const DESCRIPTION = "😀".repeat(4_000);

/** Exceptions of the last meeting. */
const EXCEPTIONS = 250;

const PATH = "/v1/account/export";

interface Exported {
  readonly account: { readonly id: string };
  readonly meeting: readonly { readonly id: string; readonly description: string }[];
  readonly meeting_exception: readonly { readonly original_local: string }[];
  readonly invited: readonly { readonly email: string; readonly meeting_id: string }[];
  readonly passkey: readonly unknown[];
}

testOnStores("[U18] the export of an account with much data", async (opened, t) => {
  const { store } = opened;
  const { db } = store;
  await using server = await startTestEdge({ store });
  await using edgeFunction = await startTestEdge({ store: await opened.again(), serving: "function" });
  const tenant = await makeTenant(db, "house");

  /** A person with that many meetings in one room, each with two invitations. */
  const makeOwner = async (origin: string): Promise<RestClient> => {
    const anna = await signIn(db, origin, tenant);
    const { id, room } = await anna.get<{ id: string; room: string }>("POST", "/v1/meetings?notify=false", {
      title: "Jour fixe",
      time: null,
    });
    await sql`insert into meeting (id, tenant_id, room_id, has_own_room, owner_id, title, description, listed_at, created_at)
      select 'm' || lpad(n::text, 15, '0'), tenant_id, ${room}, false, owner_id, title, ${DESCRIPTION}, listed_at, created_at
      from meeting, generate_series(2, ${MEETINGS}::int) n where id = ${id}`.execute(db);
    await sql`insert into meeting_exception (meeting_id, original_local, is_cancelled)
      select 'm' || lpad(${MEETINGS}::text, 15, '0'), 'at ' || n, true from generate_series(1, ${EXCEPTIONS}::int) n`
      .execute(db);
    await sql`insert into invitation (id, meeting_id, email, secret_hash, secret_sealed, created_at)
      select substr(id, 1, 14) || '-' || n || right(id, 3), id, n || '@example.com', id || n, '', created_at
      from meeting, generate_series(1, 2) n where owner_id = ${anna.account}`.execute(db);
    return anna;
  };

  for (const { origin } of [server, edgeFunction]) {
    const served = origin === server.origin ? "server" : "function";
    const anna = await makeOwner(origin);

    await t.step(`has every row once, in its usual shape (${served})`, async () => {
      const response = await anna.ask("GET", PATH);
      assert.deepEqual([response.status, response.headers.get("content-type")], [200, "application/json"]);
      assert.match(response.headers.get("content-disposition")!, /^attachment/);
      const body: Exported = await response.json();
      assert.equal(body.account.id, anna.account);
      assert.equal(new Set(body.meeting.map(({ id }) => id)).size, MEETINGS);
      assert.equal(body.meeting.length, MEETINGS);
      assert.equal(
        body.meeting.filter(({ description }) => description === DESCRIPTION).length,
        MEETINGS - 1,
      );
      assert.equal(new Set(body.meeting_exception.map(({ original_local: at }) => at)).size, EXCEPTIONS);
      assert.equal(body.meeting_exception.length, EXCEPTIONS);
      const invited = body.invited.map(({ email, meeting_id: of }) => `${email} ${of}`);
      assert.deepEqual([invited.length, new Set(invited).size], [2 * MEETINGS, 2 * MEETINGS]);
      assert.deepEqual(body.passkey, []);
      assert.ok(Object.keys(body.meeting[0]!).every((name) => !name.startsWith("~")));
    });

    await t.step(`is created one at a time, and stops when its reader disconnects (${served})`, async () => {
      const { hostname, port } = new URL(origin);
      const unread = connect({ host: hostname, port: Number(port) });
      unread.on("error", () => {});
      const headers = { host: `${hostname}:${port}`, ...anna.headers };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      unread.write(`GET ${PATH} HTTP/1.1\r\n${lines.join("")}\r\n`);
      // Its first bytes have arrived, and nothing more is read.
      await new Promise<void>((resolve) => unread.once("readable", () => resolve()));
      const second = await anna.ask("GET", PATH);
      assert.deepEqual([second.status, (await second.json()).code], [429, "person.tooFrequent"]);
      assert.ok(Number(second.headers.get("retry-after")) > 0);
      const ben = await signIn(db, origin, tenant, { name: "Ben" });
      assert.equal((await ben.get<Exported>("GET", PATH)).account.id, ben.account, "others have their own");
      unread.destroy();
      for (;;) {
        const again = await anna.ask("GET", PATH);
        // Refused requests do not count against the five allowed per hour.
        if (again.status === 200) {
          assert.equal((await again.json() as Exported).meeting.length, MEETINGS);
          break;
        }
        await again.body?.cancel();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });

    await db.deleteFrom("meeting").where("owner_id", "=", anna.account).execute();
  }

  await t.step("is limited to a few per hour, over all edges together", async () => {
    const cem = await signIn(db, server.origin, tenant, { name: "Cem" });
    const statuses: number[] = [];
    for (const { origin } of [server, edgeFunction, server, edgeFunction, server, edgeFunction]) {
      const response = await fetch(origin + PATH, { headers: cem.headers });
      await response.text();
      statuses.push(response.status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429]);
  });
});
