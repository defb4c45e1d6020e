import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { openEmptyPostgres } from "../store/store_for_tests.ts";
import { makeAccountApp, ORIGIN } from "./app_for_tests.ts";
import { type House, openHouse, somebody } from "./oidc_house_for_tests.ts";

async function logOut({ context }: House, token: string): Promise<string> {
  const answer = await makeAccountApp(context).request(`${ORIGIN}/v1/auth/oidc/oidc/logout`, {
    method: "POST",
    body: new URLSearchParams({ logout_token: token }),
  });
  const { code } = answer.ok ? { code: "" } : await answer.json();
  return `${answer.status} ${code}`.trim();
}

Deno.test("a provider's logout while the provider is down, and requests that are not a logout", async (t) => {
  await using store = await openEmptyPostgres();
  await using house = await openHouse(store.db);
  const { provider, logged } = house;
  const warned = () => logged.filter(({ level }) => level !== "info").map(({ event }) => event);
  const part = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });

  await t.step("[U27] an invalid token causes no request to the provider", async () => {
    const unsigned = (header: unknown, claims: unknown) => `${part(header)}.${part(claims)}.c2ln`;
    for (
      const token of [
        "junk",
        "a.b.c",
        "..",
        unsigned({ alg: "HS256" }, {}),
        unsigned({ alg: "RS256" }, {}),
        unsigned({ alg: "RS256", typ: 7 }, {}),
        unsigned("RS256", "x"),
        await provider.logoutToken({ claims: { nonce: "x" } }),
        await provider.logoutToken({ claims: { sid: "a\u0000b" } }),
        await provider.logoutToken({ claims: { sub: "x".repeat(5_000) } }),
      ]
    ) {
      logged.length = 0;
      assert.equal(await logOut(house, token), "400 oidc.logoutWrong", token.slice(0, 80));
      assert.deepEqual(warned(), ["oidc.logoutWrong"], "[U37]");
    }
    assert.equal(provider.metadataFetches, 0);
  });

  await t.step(
    "[U27] it rotates its keys under the same id: its next token is accepted at once",
    async () => {
      const token = await provider.logoutToken();
      assert.equal(await logOut(house, token), "200");
      await provider.rotateKeys("k1");
      // Tokens, which can be forged, trigger a fetch of the keys at most every two seconds.
      while (await logOut(house, await provider.logoutToken()) !== "200") await pause(100);
    },
  );

  await t.step("[U27] while it is down it gets an error, and the log has the cause in a line", async () => {
    await using away = await openHouse(store.db);
    await away.signIn(somebody());
    const token = await away.provider.logoutToken();
    await away.provider[Symbol.asyncDispose]();
    away.logged.length = 0;
    assert.equal(await logOut(away, token), "503 oidc.unreachable");
    const [line, ...more] = away.logged.filter(({ level }) => level !== "info");
    assert.deepEqual([line!["event"], more], ["oidc.unreachable", []]);
    assert.match(String(line!["cause"]), /\w{3}/);
  });
});
