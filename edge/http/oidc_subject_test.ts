import { testOnStores } from "../store/store_for_tests.ts";
import assert from "node:assert/strict";
import { ORIGIN } from "./app_for_tests.ts";
import { openHouse, readAccount, somebody } from "./oidc_house_for_tests.ts";

testOnStores(
  "[U24] a provider's ids of people and sessions are stored unchanged, or refused",
  async ({ store: { db } }) => {
    await using house = await openHouse(db);
    for (const sub of ["a\u0000b", "x".repeat(5_000), "\u00fc".repeat(513)]) {
      house.logged.length = 0;
      const { at } = await house.signIn(somebody({ sub }));
      assert.equal(at, `${ORIGIN}/signin?problem=oidc.answerWrong`, sub.slice(0, 9));
      assert.ok(house.logged.some(({ event }) => event === "oidc.answerWrong"), "[U37]");
    }
    for (const sub of [" a ", "\ud83d\ude00".repeat(256), `${crypto.randomUUID()}|idp|x`]) {
      assert.equal((await house.signIn(somebody({ sub }))).at, `${ORIGIN}/`, sub.slice(0, 9));
    }
    for (const sid of ["a\u0000b", "x".repeat(5_000), 7, null]) {
      const { client } = await house.signIn(somebody({ sid }));
      assert.equal((await readAccount(client)).method, "oidc", String(sid).slice(0, 9));
    }
  },
);
