import assert from "node:assert/strict";
import { openEmptyPostgres } from "../store/store_for_tests.ts";
import { ORIGIN } from "./app_for_tests.ts";
import { MINUTE_MS, openHouse, somebody } from "./oidc_house_for_tests.ts";

Deno.test("cached data about a provider never prevents signing in", async (t) => {
  await using store = await openEmptyPostgres();
  await using house = await openHouse(store.db);
  const { provider, clock, signIn, logged } = house;

  const newKeys: Record<string, { header: { kid?: undefined }; name?: string }> = {
    "tokens that name no key": { header: { kid: undefined } },
    "a new key under the name of the one before": { header: {}, name: "k1" },
  };
  for (const [what, { header, name }] of Object.entries(newKeys)) {
    await t.step(`[U24] the provider rotates its keys: ${what}`, async () => {
      provider.idToken = { header };
      await provider.rotateKeys(name);
      const claims = somebody();
      const { at, client } = await signIn(claims);
      assert.equal(at, `${ORIGIN}/`);
      for (let turn = 0; turn < 2; turn++) {
        await provider.rotateKeys(name);
        provider.keyFetches = 0;
        assert.equal((await signIn(somebody())).at, `${ORIGIN}/`, "at once");
        assert.equal(provider.keyFetches, 1);
      }
      await provider.rotateKeys(name);
      provider.idToken = { header, claims };
      provider.grants.length = 0;
      clock.aheadMs += 11 * MINUTE_MS;
      logged.length = 0;
      assert.equal(await client.outcome("GET /v1/account"), "200", "at a check");
      assert.deepEqual(provider.grants, ["refresh_token"], "a refresh token is shown once");
      assert.ok(!logged.some(({ event }) => event === "oidc.unreachable"), JSON.stringify(logged));
    });
  }

  await t.step("[U24] a token that matches no key is refused, and its code is used only once", async () => {
    provider.idToken = { key: "unknown" };
    provider.grants.length = 0;
    assert.equal((await signIn(somebody())).at, `${ORIGIN}/signin?problem=oidc.answerWrong`);
    assert.deepEqual(provider.grants, ["authorization_code"]);
    provider.idToken = {};
  });

  await t.step("[U37] the provider's endpoints move: the first failure triggers discovery", async () => {
    const { client } = await signIn(somebody());
    provider.below = "/v2";
    clock.aheadMs += 11 * MINUTE_MS;
    assert.equal(await client.outcome("GET /v1/account"), "200");
    assert.equal((await signIn(somebody())).at, `${ORIGIN}/`);
  });

  await t.step("[U37] a refusal does not trigger discovery", async () => {
    provider.metadataFetches = 0;
    const { client } = await signIn(somebody());
    Object.assign(provider, { refreshStatus: 400, refusal: { error: "access_denied" } });
    clock.aheadMs += 11 * MINUTE_MS;
    assert.equal(await client.outcome("GET /v1/account"), "401 signIn.needed");
    Object.assign(provider, { refreshStatus: 200, refusal: undefined });
    await signIn(somebody());
    assert.equal(provider.metadataFetches, 0);
  });
});
