import assert from "node:assert/strict";
import { sql } from "kysely";
import { claimMails, insertMail } from "./mail.ts";
import { testOnStores } from "./store_for_tests.ts";

/** Plans that a database can choose for the same statement, by what it is kept from using. */
const PLANS = [
  [],
  ["hashjoin"],
  ["hashjoin", "mergejoin", "hashagg", "sort", "material"],
  ["hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize", "indexscan", "bitmapscan"],
];

testOnStores(
  "[B2] whatever plan the database chooses, as many mails are claimed as the sender takes",
  async ({ store: { db } }) => {
    for (let n = 0; n < 30; n++) await insertMail(db, { kind: "test" }, null, n);
    const claimed = new Set<string>();
    for (const plan of PLANS) {
      const mails = await db.transaction().execute(async (trx) => {
        for (const part of plan) await sql`set local ${sql.raw(`enable_${part}`)} = off`.execute(trx);
        return await claimMails(trx, 1, 60_000, 1_000);
      });
      assert.equal(mails.length, 1, plan.join());
      claimed.add(mails[0]!.id);
    }
    assert.equal(claimed.size, PLANS.length);
    assert.equal((await claimMails(db, 5, 60_000, 1_000)).length, 5);
    assert.equal((await claimMails(db, 100, 60_000, 1_000)).length, 30 - PLANS.length - 5);
  },
);
