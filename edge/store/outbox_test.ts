import assert from "node:assert/strict";
import { sql } from "kysely";
import { addToOutbox, claimItem } from "./outbox.ts";
import type { Db } from "./schema.ts";
import { testOnStores } from "./store_for_tests.ts";

/** Plans that a database can choose for the same statement, by what it is kept from using. */
const PLANS = [
  [],
  ["hashjoin"],
  ["hashjoin", "mergejoin", "hashagg", "sort", "material"],
  ["hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize", "indexscan", "bitmapscan"],
];

const add = (db: Db, share: string, at: number, kind = "test") =>
  addToOutbox(db, { kind, variant: "x", share, body: { at } }, at);

const NOBODY = { after: "", busy: [] };

testOnStores(
  "[B2] whatever plan the database chooses, one item is claimed at a time, and each once",
  async ({ store: { db } }) => {
    for (let n = 0; n < 30; n++) await add(db, "", n);
    const claimed = new Set<string>();
    for (const plan of PLANS) {
      await db.transaction().execute(async (trx) => {
        for (const part of plan) await sql`set local ${sql.raw(`enable_${part}`)} = off`.execute(trx);
        claimed.add((await claimItem(trx, "test", NOBODY, 60_000, 1_000))!.id);
      });
      const { count } = await db.selectFrom("outbox").where("tries", ">", 0)
        .select(({ fn }) => fn.countAll<number | string>().as("count")).executeTakeFirstOrThrow();
      assert.equal(Number(count), claimed.size, plan.join());
    }
    assert.equal(claimed.size, PLANS.length);
    for (let n = claimed.size; n < 30; n++) {
      claimed.add((await claimItem(db, "test", NOBODY, 60_000, 1_000))!.id);
    }
    assert.equal(claimed.size, 30);
    assert.equal(await claimItem(db, "test", NOBODY, 60_000, 1_000), undefined);
  },
);

testOnStores(
  "[I6] tenants take turns, each with its longest waiting item; busy ones and other kinds are passed over",
  async ({ store: { db } }) => {
    for (let n = 0; n < 5; n++) await add(db, "a", n);
    await add(db, "b", 100);
    await add(db, "c", 50);
    await add(db, "c", 40);
    await add(db, "b", 0, "other");
    await add(db, "d", 2_000);
    const order: string[] = [];
    for (let after = ""; order.length < 6;) {
      const item = (await claimItem(db, "test", { after, busy: [] }, 60_000, 1_000))!;
      after = item.share;
      order.push(`${item.share} ${item.addedAt}`);
    }
    assert.deepEqual(order, ["a 0", "b 100", "c 40", "a 1", "c 50", "a 2"]);
    assert.equal(await claimItem(db, "test", { after: "", busy: ["a"] }, 60_000, 1_000), undefined);
  },
);
