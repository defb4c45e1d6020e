import assert from "node:assert/strict";
import { sql } from "kysely";
import { readConfig } from "../config.ts";
import { makeTestIdentityContext } from "../context_for_tests.ts";
import { safeReturnTo } from "../identity/oidc/flow.ts";
import { Providers } from "../identity/oidc/providers.ts";
import { type Forgery, startTestProvider, type TestProvider } from "../identity/oidc/provider_for_tests.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { ensureDefaultTenant } from "../store/tenant.ts";
import { makeAccountApp, ORIGIN, TestClient } from "./app_for_tests.ts";

const MINUTE_MS = 60_000;
const ANNA = {
  name: "Anna Schmidt",
  email: "Anna@Rathaus.example",
  email_verified: true,
  groups: ["Rat", "Leitung"],
};

/** The configuration of one provider, and more. */
function configFor({ issuer, clientId, clientSecret }: TestProvider, more: Record<string, string> = {}) {
  const env: Record<string, string> = {
    CLUSTER_KEY: "a cluster key for tests of accounts and sessions",
    PUBLIC_URL: ORIGIN,
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: clientSecret,
    ...more,
  };
  return readConfig((name) => env[name]);
}

/** Goes to the provider, which redirects back at once; returns where to. */
async function visitProvider(client: TestClient, path = "/v1/auth/oidc/oidc"): Promise<URL> {
  const { status, headers } = await client.ask(`GET ${path}`);
  assert.equal(status, 302);
  const response = await fetch(headers.get("location")!, { redirect: "manual" });
  await response.body?.cancel();
  return new URL(response.headers.get("location")!);
}

/** Goes to the provider and back; returns where that leads. */
async function signIn(client: TestClient, path?: string): Promise<string> {
  const back = await visitProvider(client, path);
  return (await client.ask(`GET ${back.pathname}${back.search}`)).headers.get("location")!;
}

testOnStores("signing in at an OpenID provider", async ({ store: { db } }, t) => {
  await ensureDefaultTenant(db, 0);
  await using provider = await startTestProvider(ANNA);
  let offsetMs = 0;
  const now = () => Date.now() + offsetMs;
  const config = configFor(provider, { OIDC_ADMIN_GROUP: "Leitung" });
  const context = await makeTestIdentityContext(db, { config, now });
  using _hasher = context.hasher;
  const app = makeAccountApp(context);
  const anna = new TestClient(app);

  await t.step("[U28] a new person gets an account, as described by the provider", async () => {
    assert.equal(
      await signIn(anna, "/v1/auth/oidc/oidc?returnTo=/meetings?day=1"),
      `${ORIGIN}/meetings?day=1`,
    );
    const { body } = await anna.ask("GET /v1/account");
    assert.deepEqual(
      [body.name, body.email, body.role, body.method],
      ["Anna Schmidt", "anna@rathaus.example", "admin", "oidc"],
    );
    const groups = await db.selectFrom("people_group").select(["name", "is_external"]).orderBy("name")
      .execute();
    assert.deepEqual(groups, [{ name: "Leitung", is_external: true }, { name: "Rat", is_external: true }]);
  });

  await t.step("[U29] name, groups and role follow the provider", async () => {
    provider.idToken = { claims: { name: "Anna Meier", groups: ["Rat"] } };
    await signIn(anna);
    const { body } = await anna.ask("GET /v1/account");
    assert.deepEqual([body.name, body.role], ["Anna Meier", "member"]);
    const members = await db.selectFrom("people_group_member as m").innerJoin(
      "people_group as g",
      "g.id",
      "m.group_id",
    )
      .select("g.name").execute();
    assert.deepEqual(members, [{ name: "Rat" }]);
    provider.idToken = {};
  });

  await t.step("[U29] the group of admins is also found by its path, and by no other path", async () => {
    const roleWith = async (adminGroup: string, groups: unknown) => {
      const changed = configFor(provider, { OIDC_ADMIN_GROUP: adminGroup });
      const client = new TestClient(
        makeAccountApp({ ...context, config: changed, providers: new Providers(changed.providers, now) }),
      );
      provider.idToken = { claims: { groups } };
      await signIn(client);
      return (await client.ask("GET /v1/account")).body.role;
    };
    assert.equal(await roleWith("admins", ["/admins"]), "admin");
    assert.equal(await roleWith("/admins", ["admins"]), "admin");
    assert.equal(await roleWith("/staff/admins", ["/Rat", "/staff/admins"]), "admin");
    assert.equal(await roleWith("admins", ["/staff/admins"]), "member");
    assert.equal(await roleWith("/staff/admins", ["/admins", "staff"]), "member");
    assert.equal(await roleWith("admins", ["//admins"]), "member");
    provider.idToken = {};
  });

  await t.step("[U29] an address does not stay verified if the provider says that it is not", async () => {
    const isVerified = async (claims: Record<string, unknown>) => {
      provider.idToken = { claims };
      await signIn(new TestClient(app));
      const row = await db.selectFrom("account").select("email_verified_at")
        .where("email", "=", "anna@rathaus.example").executeTakeFirstOrThrow();
      return row.email_verified_at !== null;
    };
    assert.equal(await isVerified({}), true);
    assert.equal(await isVerified({ email_verified: undefined }), true, "it says nothing");
    assert.equal(
      await isVerified({ email: "other@rathaus.example", email_verified: false }),
      true,
      "of another",
    );
    assert.equal(await isVerified({ email_verified: false }), false);
    assert.equal(await isVerified({}), true);
    assert.equal(await isVerified({ email_verified: "false" }), false);
    await isVerified({});
    provider.idToken = {};
  });

  await t.step("[U24] a forged or expired token, or one for another client, signs nobody in", async () => {
    const nowS = Math.floor(Date.now() / 1000);
    const forgeries: Record<string, Forgery> = {
      "wrong nonce": { claims: { nonce: "another" } },
      "no nonce": { claims: { nonce: undefined } },
      "wrong issuer": { claims: { iss: "https://evil.example" } },
      "wrong audience": { claims: { aud: "another-client" } },
      "several audiences, made for another": { claims: { aud: ["tafelrunde", "other"], azp: "other" } },
      "expired": { claims: { iat: nowS - 900, exp: nowS - 600 } },
      "not yet": { claims: { nbf: nowS + 600 } },
      "no subject": { claims: { sub: undefined } },
      "signed by another key": { key: "unknown" },
      "not signed": { key: "none" },
      "signed with our own secret": { key: "secret" },
      "changed afterwards": {
        tamper: (token) => {
          const [header, payload = "", signature] = token.split(".");
          return [header, payload.replace(/.$/, (last) => last === "A" ? "B" : "A"), signature].join(".");
        },
      },
    };
    for (const [name, forgery] of Object.entries(forgeries)) {
      provider.idToken = forgery;
      const client = new TestClient(app);
      assert.equal(await signIn(client), `${ORIGIN}/signin?problem=oidc.answerWrong`, name);
      assert.equal(await client.outcome("GET /v1/account"), "401 signIn.needed", name);
    }
    provider.idToken = {};
  });

  await t.step(
    "a server fault is not blamed on the provider, and is shown on a page",
    async () => {
      const client = new TestClient(app);
      const back = await visitProvider(client);
      await sql`ALTER TABLE account RENAME TO account_away`.execute(db);
      try {
        const { status, headers } = await client.ask(`GET ${back.pathname}${back.search}`);
        assert.deepEqual(
          [status, headers.get("location")],
          [302, "/signin?problem=internal"],
        );
      } finally {
        await sql`ALTER TABLE account_away RENAME TO account`.execute(db);
      }
    },
  );

  await t.step("if the provider does not respond, a page says so", async () => {
    const silent = configFor({ ...provider, issuer: "http://127.0.0.1:9" });
    const client = new TestClient(
      makeAccountApp({ ...context, config: silent, providers: new Providers(silent.providers, now) }),
    );
    const { status, headers } = await client.ask("GET /v1/auth/oidc/oidc");
    assert.deepEqual(
      [status, headers.get("location")],
      [302, "/signin?problem=oidc.unreachable"],
    );
  });

  await t.step(
    "[U24] a response that names another issuer is refused: it could be another provider's",
    async () => {
      const client = new TestClient(app);
      const back = await visitProvider(client);
      back.searchParams.set("iss", "https://evil.example");
      const { headers } = await client.ask(`GET ${back.pathname}${back.search}`);
      assert.equal(headers.get("location"), `${ORIGIN}/signin?problem=oidc.answerWrong`);
    },
  );

  await t.step(
    "[U23] another browser, another state, a second use, an expired flow: nobody is signed in",
    async () => {
      const unknown = `${ORIGIN}/signin?problem=oidc.stateUnknown`;
      const end = async (client: TestClient, back: URL) =>
        (await client.ask(`GET ${back.pathname}${back.search}`)).headers.get("location");
      const client = new TestClient(app);
      const thief = new TestClient(app);
      await visitProvider(thief);
      const stolen = await visitProvider(client);
      assert.equal(await end(thief, stolen), unknown);
      assert.equal(await thief.outcome("GET /v1/account"), "401 signIn.needed");
      assert.equal(await end(client, stolen), `${ORIGIN}/`);
      assert.equal(await end(client, stolen), unknown, "a second time");
      const changed = await visitProvider(client);
      changed.searchParams.set("state", "another");
      assert.equal(await end(client, changed), unknown);
      const late = await visitProvider(client);
      offsetMs = 16 * MINUTE_MS;
      assert.equal(await end(client, late), unknown);
      offsetMs = 0;
      const denied = await visitProvider(client);
      denied.searchParams.delete("code");
      denied.searchParams.set("error", "access_denied");
      assert.equal(await end(client, denied), `${ORIGIN}/signin?problem=oidc.denied`);
    },
  );

  await t.step("[U25] signing in never redirects to another site", async () => {
    for (
      const evil of [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        `/${"a".repeat(2_000)}`,
        `/?a=${"ä".repeat(400)}`,
        `/r/a#${"é".repeat(400)}`,
      ]
    ) {
      assert.equal(safeReturnTo(evil, ORIGIN), "/", evil);
    }
    assert.equal(safeReturnTo(`/${"a".repeat(1_999)}`, ORIGIN).length, 2_000);
    const path = "/v1/auth/oidc/oidc?returnTo=/.//evil.example";
    assert.equal(await signIn(new TestClient(app), path), `${ORIGIN}//evil.example`);
  });

  await t.step(
    "[U26] the provider is asked again after ten minutes of use; tokens are not readable in the database",
    async () => {
      const client = new TestClient(app);
      await signIn(client);
      provider.grants.length = 0;
      const ask = () => client.outcome("GET /v1/account");
      assert.equal(await ask(), "200");
      assert.deepEqual(provider.grants, []);
      offsetMs = 11 * MINUTE_MS;
      assert.deepEqual(await Promise.all([ask(), ask(), ask()]), ["200", "200", "200"]);
      assert.deepEqual(provider.grants, ["refresh_token"], "of several requests at once one asks");
      const rows = JSON.stringify(await db.selectFrom("session").select("tokens").execute());
      assert.ok(!rows.includes("refresh") && !rows.includes("eyJhbGci"), rows);
      provider.refreshStatus = 503;
      offsetMs = 22 * MINUTE_MS;
      assert.equal(await ask(), "200", "a provider that does not answer signs nobody out");
      provider.refreshStatus = 400;
      assert.equal(await ask(), "200", "it is asked again after a minute");
      offsetMs = 24 * MINUTE_MS;
      assert.equal(await ask(), "401 signIn.needed");
      provider.refreshStatus = 200;
      assert.equal(await ask(), "401 signIn.needed");
      offsetMs = 0;
    },
  );

  await t.step(
    "[U27] back-channel logout ends the sessions that it names, and refuses invalid tokens",
    async () => {
      const logOut = async (token: string) => {
        const response = await app.request(`${ORIGIN}/v1/auth/oidc/oidc/logout`, {
          method: "POST",
          body: new URLSearchParams({ logout_token: token }),
        });
        assert.equal(response.headers.get("cache-control"), "no-store");
        return response.status;
      };
      const client = new TestClient(app);
      await signIn(client);
      const nowS = Math.floor(Date.now() / 1000);
      const forgeries: Record<string, Forgery> = {
        "wrong issuer": { claims: { iss: "https://evil.example" } },
        "wrong audience": { claims: { aud: "another-client" } },
        "expired": { claims: { iat: nowS - 900, exp: nowS - 600 } },
        "old": { claims: { iat: nowS - 3600 } },
        "no jti": { claims: { jti: undefined } },
        "no event": { claims: { events: {} } },
        "a nonce": { claims: { nonce: "nonce" } },
        "names nobody": { claims: { sid: undefined, sub: undefined } },
        "of another type": { header: { typ: "at+jwt" } },
        "signed by another key": { key: "unknown" },
        "not signed": { key: "none" },
        "signed with our own secret": { key: "secret" },
      };
      for (const [name, forgery] of Object.entries(forgeries)) {
        assert.equal(await logOut(await provider.logoutToken(forgery)), 400, name);
      }
      assert.equal(await logOut(await provider.logoutToken({ claims: { sid: "another" } })), 200);
      assert.equal(await client.outcome("GET /v1/account"), "200");
      const token = await provider.logoutToken();
      assert.equal(await logOut(token), 200);
      assert.equal(await client.outcome("GET /v1/account"), "401 signIn.needed");
      await signIn(client);
      assert.equal(await logOut(token), 400, "used before");
      assert.equal(await client.outcome("GET /v1/account"), "200");
      assert.equal(
        await logOut(await provider.logoutToken({ claims: { sid: undefined, sub: "sub-anna" } })),
        200,
      );
      assert.equal(await client.outcome("GET /v1/account"), "401 signIn.needed");
    },
  );

  await t.step("[U13] signing out leads to the provider's logout page", async () => {
    const client = new TestClient(app);
    await signIn(client);
    const { body } = await client.ask("POST /v1/auth/sign-out");
    const url = new URL(body.continueTo);
    assert.equal(`${url.origin}${url.pathname}`, `${provider.issuer}/end`);
    assert.equal(url.searchParams.get("post_logout_redirect_uri"), `${ORIGIN}/`);
    assert.ok(url.searchParams.has("id_token_hint"));
    assert.equal(await client.outcome("GET /v1/account"), "401 signIn.needed");
  });

  await t.step("[U30] people who can sign in only through a provider cannot bypass it", async () => {
    const client = new TestClient(app);
    await signIn(client);
    const password = "Tischlampe am Fenster";
    assert.equal(await client.outcome("PUT /v1/account/password", { password }), "409 account.federated");
    assert.equal(await client.outcome("POST /v1/account/recovery-codes"), "409 account.federated");
    assert.equal(await client.outcome("POST /v1/account/passkeys/options"), "409 account.federated");
  });

  await t.step(
    "[U28] an account's email address links to a provider only if the provider vouches for it",
    async () => {
      provider.idToken = { claims: { sub: "sub-other", email_verified: false } };
      const other = new TestClient(app);
      await signIn(other);
      const { body } = await other.ask("GET /v1/account");
      assert.equal(body.email, null);
      provider.idToken = { claims: { sub: "sub-third" } };
      const third = new TestClient(app);
      await signIn(third);
      const { body: known } = await third.ask("GET /v1/account");
      assert.equal(known.email, null, "another subject of the same issuer is somebody else");
      assert.notEqual(known.id, body.id);
      provider.idToken = {};
    },
  );

  await t.step("[U4] a disabled account gets an error, and is not signed in", async () => {
    await db.updateTable("account").set({ disabled_at: new Date() }).where(
      "email",
      "=",
      "anna@rathaus.example",
    )
      .execute();
    assert.equal(await signIn(new TestClient(app)), `${ORIGIN}/signin?problem=account.disabled`);
  });

  await t.step("[U28] with a claim for the tenant, people go to the one it names, or nowhere", async () => {
    await db.insertInto("tenant").values({
      id: "b".repeat(16),
      slug: "schule",
      name: "Schule",
      created_at: new Date(),
    })
      .execute();
    const several = configFor(provider, { OIDC_TENANT_CLAIM: "house" });
    const school = makeAccountApp({
      ...context,
      config: several,
      providers: new Providers(several.providers, now),
    });
    provider.idToken = { claims: { sub: "sub-pupil", email: "pupil@schule.example", house: "schule" } };
    const pupil = new TestClient(school);
    await signIn(pupil);
    assert.equal((await pupil.ask("GET /v1/account")).body.tenant.name, "Schule");
    provider.idToken = { claims: { sub: "sub-stranger", email: "x@schule.example", house: "kiosk" } };
    assert.equal(await signIn(new TestClient(school)), `${ORIGIN}/signin?problem=tenant.unknown`);
  });
});
