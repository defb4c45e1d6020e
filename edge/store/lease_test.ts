import assert from "node:assert/strict";
import type { EdgeId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import { endLease, renewLease } from "./lease.ts";
import { testOnStores } from "./store_for_tests.ts";

const [OLDER, NEWER, NEWEST] = ["o", "n", "t"].map((letter) => letter.repeat(16) as EdgeId) as [
  EdgeId,
  EdgeId,
  EdgeId,
];

testOnStores(
  "[V5] renewing a lease returns the lowest version of all live edges",
  async ({ store }) => {
    // In a transaction the database's clock stands still: no lease expires, however long the test takes.
    await store.db.transaction().execute(async (db) => {
      assert.equal(await renewLease(db, NEWER, 4), 4);
      assert.equal(await renewLease(db, OLDER, 3), 3);
      assert.equal(await renewLease(db, NEWER, 4), 3);
      assert.equal(await renewLease(db, NEWEST, 5), 3);
      await sql`update edge set seen_at = now() - interval '6 seconds' where id = ${OLDER}`.execute(db);
      assert.equal(await renewLease(db, NEWEST, 5), 4, "its lease has run out");
      assert.equal(await renewLease(db, OLDER, 3), 3, "it stood still");
      assert.equal(await renewLease(db, NEWER, 4), 3);
      await endLease(db, OLDER);
      assert.equal(await renewLease(db, NEWEST, 5), 4, "it said goodbye");
      await endLease(db, NEWER);
      assert.equal(await renewLease(db, NEWEST, 5), 5);
    });
  },
);
