import assert from "node:assert/strict";
import type { AccountId, SessionId } from "@tafelrunde/protocol";
import { CompiledQuery, sql } from "kysely";
import { type Account, insertAccount } from "../store/account.ts";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { insertIdentity } from "../store/identity.ts";
import { readSessionWays } from "../store/session.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "../store/tenant.ts";
import { beginSession, openSession, SESSION_IDLE_MS, SESSION_MAX_MS } from "./session.ts";

const DAY_MS = 86_400_000;

/** An account of the default tenant, created at 0. */
async function makeAccount(db: Db, id: string): Promise<Account> {
  await ensureDefaultTenant(db, 0);
  const account = await insertAccount(db, {
    id: id as AccountId,
    tenantId: DEFAULT_TENANT,
    name: "Anna",
    email: `${id}@example.org`,
    isEmailVerified: true,
    role: "member",
    isOperator: false,
  }, 0);
  assert.ok(account);
  return account;
}

testOnStores("sessions", async ({ store: { db } }, t) => {
  const account = await makeAccount(db, "anna");
  const begin = (now: number) =>
    beginSession(db, account, { method: "password", device: "Firefox on Linux" }, now);

  await t.step(
    "[U1] the secret opens the session; another does not; the table does not contain it",
    async () => {
      const secret = await begin(0);
      assert.equal((await openSession(db, secret, 1))?.session.account.id, account.id);
      assert.equal(await openSession(db, "x".repeat(43), 1), undefined);
      assert.ok(!JSON.stringify(await db.selectFrom("session").selectAll().execute()).includes(secret));
    },
  );

  await t.step(
    "[U1] finding the caller takes one query, by index, however many sessions there are",
    async () => {
      const secret = await begin(0);
      const built: CompiledQuery[] = [];
      let executed = 0;
      const counting = db.withPlugin({
        transformQuery({ node, queryId }) {
          built.push(db.getExecutor().compileQuery(node, queryId));
          return node;
        },
        transformResult({ result }) {
          executed++;
          return Promise.resolve(result);
        },
      });
      assert.ok(await openSession(counting, secret, 1));
      assert.equal(executed, 1);
      await sql`insert into session (id, hash, previous_hash, rotated_at, account_id, method, device, created_at, proved_at, seen_at, expires_at)
      select 'many-' || n, 'hash-' || n, 'previous-' || n, now(), ${account.id}, 'password', '', now(), now(), now(), now()
      from generate_series(1, 5000) n`.execute(db);
      await sql`analyze session`.execute(db);
      const { sql: text, parameters } = built.at(-1)!;
      const plan = JSON.stringify(
        (await db.executeQuery(CompiledQuery.raw(`explain ${text}`, [...parameters]))).rows,
      );
      assert.doesNotMatch(plan, /Seq Scan on session/);
      assert.match(plan, /session_hash_key.*session_previous_hash_key/);
    },
  );

  await t.step("[U31] checking many sessions at once uses an index, too", async () => {
    const open = (await openSession(db, await begin(0), 1))!.session.id;
    const asked: CompiledQuery[] = [];
    const watched = db.withPlugin({
      transformQuery({ node, queryId }) {
        asked.push(db.getExecutor().compileQuery(node, queryId));
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    });
    const ids = [open, "many-1", "none"] as SessionId[];
    const openAt = async (at: number) => (await readSessionWays(watched, ids, at)).map(({ id }) => id).sort();
    assert.deepEqual(await openAt(1), [open, "many-1"].sort());
    assert.deepEqual(await openAt(1 + SESSION_IDLE_MS), ["many-1"]);
    const { sql: text, parameters } = asked.at(-1)!;
    const plan = JSON.stringify(
      (await db.executeQuery(CompiledQuery.raw(`explain ${text}`, [...parameters]))).rows,
    );
    assert.doesNotMatch(plan, /Seq Scan on session/);
  });

  await t.step("[U26] without refresh tokens, a provider's confirmation holds for 12 hours", async () => {
    const provider = { issuer: "https://id.example", sid: null, tokens: "", recheckAt: null };
    const signIn = { method: "oidc", device: "", provider };
    const federated = await makeAccount(db, "berta");
    await insertIdentity(db, { issuer: provider.issuer, subject: "anna" }, federated.id, 0);
    const secret = await beginSession(db, federated, signIn, 0);
    assert.ok(await openSession(db, secret, 12 * 3_600_000 - 1));
    assert.equal(await openSession(db, secret, 12 * 3_600_000), undefined);
  });

  await t.step("[U2] it ends 14 days after its last use", async () => {
    const secret = await begin(0);
    assert.ok(await openSession(db, secret, 13 * DAY_MS));
    const { renewed = secret } = (await openSession(db, secret, 20 * DAY_MS))!;
    assert.ok(await openSession(db, renewed, 20 * DAY_MS));
    assert.equal(await openSession(db, renewed, 20 * DAY_MS + SESSION_IDLE_MS), undefined);
  });

  await t.step("[U2] it ends after 90 days, however much it is used", async () => {
    let secret = await begin(0);
    for (let at = 0; at < SESSION_MAX_MS; at += DAY_MS) {
      secret = (await openSession(db, secret, at))!.renewed ?? secret;
    }
    assert.equal(await openSession(db, secret, SESSION_MAX_MS), undefined);
  });

  await t.step(
    "[U3] it gets a new secret daily; the old one is valid for a minute after the new one is used",
    async () => {
      const old = await begin(0);
      assert.equal((await openSession(db, old, DAY_MS - 1))?.renewed, undefined);
      const renewed = (await openSession(db, old, DAY_MS))?.renewed;
      assert.ok(renewed);
      assert.equal(
        (await openSession(db, old, DAY_MS + 10))?.renewed,
        undefined,
        "requests at the same time",
      );
      assert.ok(await openSession(db, renewed, DAY_MS + 1_000));
      assert.ok(await openSession(db, old, DAY_MS + 60_000));
      assert.equal(await openSession(db, old, DAY_MS + 61_000), undefined);
      assert.ok(await openSession(db, renewed, DAY_MS + 61_000));
    },
  );

  await t.step("[U3] losing a new secret in transit signs nobody out", async () => {
    const old = await begin(0);
    const lost = (await openSession(db, old, DAY_MS))!.renewed!;
    const again = (await openSession(db, old, DAY_MS + 3_600_000))?.renewed;
    assert.ok(again && again !== lost);
    assert.equal(await openSession(db, lost, DAY_MS + 3_600_000), undefined);
    assert.ok(await openSession(db, again, DAY_MS + 3_600_000));
  });

  await t.step("[U3] of two concurrent requests one renews", async () => {
    const old = await begin(0);
    const opened = await Promise.all([openSession(db, old, DAY_MS), openSession(db, old, DAY_MS)]);
    assert.equal(opened.filter((open) => open?.renewed !== undefined).length, 1);
    assert.equal(opened.filter((open) => open !== undefined).length, 2);
  });

  await t.step("[U4] a disabled account has no session", async () => {
    const secret = await begin(0);
    await db.updateTable("account").set({ disabled_at: new Date(5) }).where("id", "=", account.id).execute();
    assert.equal(await openSession(db, secret, 6), undefined);
  });
});
