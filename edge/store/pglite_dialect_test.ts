import assert from "node:assert/strict";
import { sql } from "kysely";
import { onBehalfOf } from "../asker.ts";
import { STORES } from "./store_for_tests.ts";

Deno.test("[Q7] also on PGlite's one connection, an address with many requests only delays itself, and a transaction is not shared", async () => {
  await using opened = await STORES.pglite();
  const { store: { db } } = opened;
  const given: string[] = [];
  const ask = (key: string) =>
    onBehalfOf(key, () =>
      db.transaction().execute(async (transaction) => {
        given.push(key);
        await sql`select 1`.execute(transaction);
        await sql`select 1`.execute(transaction);
        given.push(key);
      }));
  const flood = Array.from({ length: 30 }, () => ask("mallory"));
  const others = [ask("anna"), ask("ben")];
  await Promise.all([...flood, ...others]);
  assert.ok(given.indexOf("anna") <= 4 && given.indexOf("ben") <= 6, given.join());
  for (let n = 0; n < given.length; n += 2) assert.equal(given[n], given[n + 1]);
  await assert.rejects(db.transaction().execute(() => Promise.reject(new Error("no"))), /no/);
  await ask("anna");
});
