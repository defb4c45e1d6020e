import assert from "node:assert/strict";
import { sql } from "kysely";
import { type Account, findAccount } from "../../store/account.ts";
import type { Db } from "../../store/schema.ts";
import { STORES } from "../../store/store_for_tests.ts";
import { ensureDefaultTenant } from "../../store/tenant.ts";
import { admit } from "./admit.ts";
import type { Claimed } from "./claims.ts";

const AT = Date.UTC(2031, 2, 3);
const PROVIDER = { tenant: undefined, tenantClaim: undefined, adminGroup: undefined };

/** The provider's claims about `subject`. */
const claim = (subject: string, email?: string): Claimed => ({
  issuer: "https://id.example",
  subject,
  name: `Name of ${subject}`,
  email,
  groups: undefined,
  tenant: undefined,
});

async function letIn(db: Db, claimed: Claimed): Promise<Account> {
  const account = await admit(db, claimed, PROVIDER, AT);
  assert.ok(typeof account !== "string", `${claimed.subject} is let in`);
  return account;
}

/** Whether a statement in this database waits for another transaction's lock. */
async function isWaiting(db: Db): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  return rows.length > 0;
}

/** PGlite runs one transaction after the other. */
Deno.test("concurrent first sign-ins through a provider (postgres)", async (t) => {
  await using opened = await STORES.postgres();
  const { db } = opened.store;
  const { db: otherDb } = await opened.again();
  await ensureDefaultTenant(db, AT);

  /**
   * Admits both concurrently: `second` does not see the first, waits for its lock, and then finds it
   * committed.
   */
  const letInAtOnce = async (first: Claimed, second: Claimed): Promise<[Account, Account]> => {
    let behind: Promise<Account> | undefined;
    let isOver = false;
    const ahead = await otherDb.transaction().execute(async (trx) => {
      const account = await letIn(trx, first);
      behind = letIn(db, second).finally(() => isOver = true);
      behind.catch(() => {});
      while (!isOver && !await isWaiting(otherDb));
      assert.ok(!isOver, "the second waits for the first");
      return account;
    });
    return [ahead, await behind!];
  };

  await t.step("[U29] if two people get the same address, the later one keeps the old address", async () => {
    const anna = await letIn(db, claim("anna", "anna@example.org"));
    const ben = await letIn(db, claim("ben", "ben@example.org"));
    const both = await letInAtOnce(claim("anna", "rat@example.org"), claim("ben", "rat@example.org"));
    assert.deepEqual(both.map(({ id }) => id), [anna.id, ben.id]);
    assert.deepEqual(both.map(({ email }) => email), ["rat@example.org", "ben@example.org"]);
    assert.deepEqual(both, [await findAccount(db, anna.id), await findAccount(db, ben.id)]);
  });

  await t.step(
    "[U28] two new people with one address get an account each, the later one without it",
    async () => {
      const [one, other] = await letInAtOnce(
        claim("cem", "cem@example.org"),
        claim("cem-2", "cem@example.org"),
      );
      assert.notEqual(one.id, other.id);
      assert.deepEqual([one.email, other.email], ["cem@example.org", null]);
    },
  );

  for (const email of ["dora@example.org", undefined]) {
    const how = email === undefined ? "without an address" : "with an address";
    await t.step(`[U28] a new person in two browsers at once, ${how}, gets one account`, async () => {
      const dora = claim(`dora ${how}`, email);
      const [one, other] = await letInAtOnce(dora, dora);
      assert.equal(one.id, other.id);
      const accounts = await db.selectFrom("account").select("id").where("name", "=", dora.name!).execute();
      assert.deepEqual(accounts, [{ id: one.id }]);
    });
  }
});
