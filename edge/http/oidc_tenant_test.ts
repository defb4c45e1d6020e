import assert from "node:assert/strict";
import { newRowId } from "@tafelrunde/protocol";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { ORIGIN } from "./app_for_tests.ts";
import { MINUTE_MS, openHouse, readAccount, somebody } from "./oidc_house_for_tests.ts";

const HOUR_MS = 60 * MINUTE_MS;

async function addTenant(db: Db, slug: string): Promise<void> {
  await db.insertInto("tenant").values({ id: newRowId(), slug, name: slug, created_at: new Date() })
    .execute();
}

testOnStores(
  "[U28] a person belongs to the tenant that their provider names now",
  async ({ store: { db } }, t) => {
    for (const slug of ["house-a", "house-b"]) await addTenant(db, slug);
    await using house = await openHouse(db, { OIDC_TENANT_CLAIM: "org" });
    const { provider, clock, logged, signIn } = house;

    for (const org of ["house-b", "nowhere", undefined, null, "", ["house-a"], "house-a\u0000b"]) {
      const what = JSON.stringify(org) ?? "none";
      await t.step(`[U28] a person of house-a who is now of ${what} is refused`, async () => {
        const claims = somebody({ org: "house-a", groups: [] });
        const { client } = await signIn(claims);
        assert.equal((await readAccount(client)).tenant.name, "house-a");
        provider.idToken = { claims: { ...claims, org } };
        clock.aheadMs += 11 * MINUTE_MS;
        assert.equal(await client.outcome("GET /v1/account"), "401 signIn.needed", "the session ends");
        logged.length = 0;
        const again = await signIn({ ...claims, org });
        assert.equal(again.at, `${ORIGIN}/signin?problem=tenant.unknown`);
        assert.equal(await again.client.outcome("GET /v1/account"), "401 signIn.needed");
        assert.ok(logged.some(({ event }) => event === "oidc.tenantUnknown"), "[U37] the log says so");
        assert.equal((await signIn(claims)).at, `${ORIGIN}/`, "and again with the first one");
      });
    }

    await t.step(
      "[U28] a provider that names no tenant ends no session, and requires signing in after 12 hours",
      async () => {
        const claims = somebody({ org: "house-a" });
        const { client } = await signIn(claims);
        provider.withTokens = { id_token: undefined };
        provider.userInfo = 500;
        clock.aheadMs += 11 * HOUR_MS;
        assert.equal(await client.outcome("GET /v1/account"), "200");
        clock.aheadMs += 2 * HOUR_MS;
        assert.equal(await client.outcome("GET /v1/account"), "401 signIn.needed");
        const { lapsed_at: lapsedAt } = await db.selectFrom("session as s").innerJoin(
          "identity as i",
          "i.account_id",
          "s.account_id",
        )
          .select("s.lapsed_at").where("i.subject", "=", claims.sub).executeTakeFirstOrThrow();
        assert.notEqual(lapsedAt, null, "a meeting goes on");
        Object.assign(provider, { withTokens: {}, userInfo: undefined });
        clock.aheadMs += 2 * HOUR_MS;
      },
    );

    await t.step(
      "[U35] userinfo names the tenant if the ID token does not; a check without userinfo ends no session",
      async () => {
        const claims = somebody({ groups: [] });
        provider.userInfo = { sub: claims.sub, org: "house-b" };
        clock.aheadMs += 2 * HOUR_MS;
        const { client } = await signIn(claims);
        assert.equal((await readAccount(client)).tenant.name, "house-b");
        provider.userInfo = 503;
        clock.aheadMs += 11 * MINUTE_MS;
        assert.equal(await client.outcome("GET /v1/account"), "200");
        provider.userInfo = { sub: claims.sub, org: "house-a" };
        clock.aheadMs += 11 * MINUTE_MS;
        assert.equal(await client.outcome("GET /v1/account"), "401 signIn.needed");
      },
    );
  },
);
