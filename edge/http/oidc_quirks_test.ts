import assert from "node:assert/strict";
import type { AccountId } from "@tafelrunde/protocol";
import type { TestProvider } from "../identity/oidc/provider_for_tests.ts";
import { insertAccount } from "../store/account.ts";
import { openEmptyPostgres } from "../store/store_for_tests.ts";
import { DEFAULT_TENANT } from "../store/tenant.ts";
import { ORIGIN } from "./app_for_tests.ts";
import { type House, MINUTE_MS, openHouse, readAccount, somebody } from "./oidc_house_for_tests.ts";

Deno.test("a userinfo endpoint that fails in any way does not break signing in", async (t) => {
  await using store = await openEmptyPostgres();
  await using house = await openHouse(store.db);
  const { provider, logged, signIn } = house;
  const elsewhere = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({}),
  );
  await elsewhere.shutdown();
  const oddities: Record<string, Partial<TestProvider>> = {
    "401": { userInfo: 401 },
    "500": { userInfo: 500 },
    "silent": { userInfo: "silent" },
    "on a host that is not reached": { userInfo: {}, userInfoAt: `http://127.0.0.1:${elsewhere.addr.port}/` },
    "of somebody else": { userInfo: { sub: "sub-eve", groups: ["admins"] } },
    "without a subject": { userInfo: { groups: ["admins"] } },
    "no object": { userInfo: ["admins"] as unknown as Record<string, unknown> },
    "not there": { userInfo: undefined },
  };
  for (const [name, oddity] of Object.entries(oddities)) {
    await t.step(`[U35] userinfo: ${name}`, async () => {
      Object.assign(provider, { userInfoAt: undefined, ...oddity });
      // The provider's metadata is fetched again.
      house.clock.aheadMs += 61 * MINUTE_MS;
      logged.length = 0;
      const { at, client } = await signIn(somebody());
      assert.equal(at, `${ORIGIN}/`);
      const { name: called, role } = await readAccount(client);
      assert.deepEqual([called, role], ["Anna Schmidt", "member"]);
      const events = logged.map(({ event }) => event);
      assert.ok(events.includes("oidc.claimsMissing"), JSON.stringify(logged));
      assert.equal(events.includes("oidc.userinfo"), oddity.userInfo !== undefined);
      const told = logged.find(({ event }) => event === "oidc.userinfo");
      if (told !== undefined) assert.match(String(told["cause"]), /\w{3}/);
      if (oddity.userInfoAt !== undefined) assert.ok(told?.["hint"] !== undefined);
      assert.ok(!JSON.stringify(logged).includes("rathaus.example"), "no address in the log");
    });
  }

  await t.step(
    "[U35] claims that only userinfo has count; its claims about identity do not",
    async () => {
      Object.assign(provider, { userInfoAt: undefined });
      const claims = somebody();
      provider.userInfo = { sub: claims.sub, iss: "https://evil.example", groups: ["admins"], name: "Eve" };
      house.clock.aheadMs += 61 * MINUTE_MS;
      const { client } = await signIn(claims);
      const { name, role } = await readAccount(client);
      assert.deepEqual([name, role], ["Anna Schmidt", "admin"]);
    },
  );
});

Deno.test("claims of other types, missing, nested, many and long ones are read in full before they are cut", async (t) => {
  await using store = await openEmptyPostgres();
  await using house = await openHouse(store.db);
  const roleWith = async ({ signIn }: House, claims: Record<string, unknown>) =>
    (await readAccount((await signIn(somebody(claims))).client)).role;
  const many = Array.from({ length: 400 }, (_, index) => `group ${index}`);
  const long = "a".repeat(150);

  await t.step("[U29] the group of admins is found at any position, and nowhere else", async () => {
    for (
      const groups of [
        ...["admins", ["admins"], ["/admins"], [...many, "admins"], ["admins", ...many], [null, 7, "admins"]],
        ["  admins  "],
      ]
    ) assert.equal(await roleWith(house, { groups }), "admin", JSON.stringify(groups).slice(0, 60));
    for (
      const groups of [
        ...[
          undefined,
          null,
          7,
          true,
          {},
          { admins: true },
          [],
          [["admins"]],
          "",
          "admins, others",
          "Admins",
          many,
        ],
        ["admins-not"],
      ]
    ) assert.equal(await roleWith(house, { groups }), "member", JSON.stringify(groups)?.slice(0, 60));
  });

  await t.step("[U29] a group is compared in full, although a long name is stored cut", async () => {
    await using other = await openHouse(store.db, { OIDC_ADMIN_GROUP: long });
    assert.equal(await roleWith(other, { groups: [long] }), "admin");
    assert.equal(await roleWith(other, { groups: [`${long}b`, long.slice(1)] }), "member");
  });

  await t.step("[U29] claims can be nested; a claim with exactly that name takes precedence", async () => {
    await using other = await openHouse(store.db, { OIDC_GROUPS_CLAIM: "realm_access.roles" });
    assert.equal(await roleWith(other, { realm_access: { roles: ["admins"] } }), "admin");
    assert.equal(await roleWith(other, { "realm_access.roles": ["admins"] }), "admin");
    assert.equal(await roleWith(other, { realm_access: "admins" }), "member");
    assert.equal(await roleWith(other, { realm_access: { roles: null } }), "member");
    assert.equal(
      await roleWith(other, { "realm_access.roles": [], realm_access: { roles: ["admins"] } }),
      "member",
    );
  });

  await t.step("[U29] an email address never becomes a name", async () => {
    const named: [Record<string, unknown>, string][] = [
      [{ name: undefined, given_name: "Anna", family_name: "Maat" }, "Anna Maat"],
      [{ name: null, given_name: "Anna" }, "Anna"],
      [{ name: ["Anna"], nickname: "Anni" }, "Anni"],
      [{ name: "anna@rathaus.example", preferred_username: "anna.maat" }, "anna.maat"],
      [{ name: undefined, preferred_username: "anna@rathaus.example" }, "N. N."],
      [{ name: "  \u0000 " }, "N. N."],
      [{ name: "😀".repeat(60) }, "😀".repeat(40)],
      [{ name: `${"a".repeat(79)}😀` }, "a".repeat(79)],
    ];
    for (const [claims, name] of named) {
      const { client } = await house.signIn(somebody(claims));
      assert.equal((await readAccount(client)).name, name, JSON.stringify(claims));
    }
  });

  await t.step("[U28] email_verified vouches only for the claim `email`", async () => {
    await using other = await openHouse(store.db, { OIDC_EMAIL_CLAIM: "upn" });
    const victim = await insertAccount(store.db, {
      id: "v".repeat(16) as AccountId,
      tenantId: DEFAULT_TENANT,
      name: "Vera",
      email: "vera@rathaus.example",
      isEmailVerified: true,
      role: "admin",
      isOperator: true,
    }, 0);
    const emailOf = async (claims: Record<string, unknown>) =>
      await readAccount((await other.signIn({ ...somebody(), email: undefined, ...claims })).client);
    const attacker = await emailOf({
      email: "eve@evil.example",
      email_verified: true,
      upn: "vera@rathaus.example",
    });
    assert.notEqual(attacker.id, victim!.id);
    assert.equal(attacker.email, null);
    assert.equal((await emailOf({ email: undefined, upn: "vera@rathaus.example" })).email, null);
    const same = { email: "Ida@rathaus.example", email_verified: true, upn: "ida@rathaus.example" };
    assert.equal((await emailOf(same)).email, "ida@rathaus.example");
  });

  await t.step(
    "[U28] two subjects of the issuer have two accounts, even with the same email address",
    async () => {
      const mailbox = { email: "post@rathaus.example" };
      const first = await readAccount((await house.signIn(somebody(mailbox))).client);
      const second = await house.signIn(somebody(mailbox));
      const account = await readAccount(second.client);
      assert.notEqual(account.id, first.id);
      assert.deepEqual([first.email, account.email], ["post@rathaus.example", null]);
    },
  );
});

Deno.test("after a provider has rotated its keys people can sign in at once", async () => {
  await using store = await openEmptyPostgres();
  await using house = await openHouse(store.db);
  const { provider, signIn } = house;
  assert.equal((await signIn(somebody())).at, `${ORIGIN}/`);
  for (let turn = 0; turn < 3; turn++) {
    await provider.rotateKeys();
    provider.keyFetches = 0;
    assert.equal((await signIn(somebody())).at, `${ORIGIN}/`, "[U24] the new key is fetched at once");
    assert.equal((await signIn(somebody())).at, `${ORIGIN}/`);
    assert.equal(provider.keyFetches, 1);
  }
  provider.idToken = {};
  const client = house.newClient();
  const unknown = await house.signIn.call(undefined, somebody(), client);
  assert.equal(unknown.at, `${ORIGIN}/`);
});

Deno.test("a proof of identity counts only if the provider says that it asked the person", async (t) => {
  await using store = await openEmptyPostgres();
  await using house = await openHouse(store.db);
  const { signIn, logged } = house;
  const nowS = () => Math.floor(house.context.now() / 1000);
  const cases: [what: string, authTime: () => unknown, isProof: boolean][] = [
    ["just now", nowS, true],
    ["half a minute ago by a clock that is late", () => nowS() - 30, true],
    ["in the future by a clock that is early", () => nowS() + 300, true],
    ["missing", () => undefined, false],
    ["of the sign-in before", () => nowS() - 7_200, false],
    ["of a quarter of an hour ago", () => nowS() - 900, false],
  ];
  for (const [what, authTime, isProof] of cases) {
    await t.step(`[U9] auth_time: ${what}`, async () => {
      const claims = somebody({ auth_time: nowS() - 7_200 });
      const { client } = await signIn(claims);
      assert.equal(await client.outcome("DELETE /v1/account"), "403 account.proofNeeded");
      logged.length = 0;
      const { at } = await signIn({ ...claims, auth_time: authTime() }, client);
      assert.equal(at, isProof ? `${ORIGIN}/` : `${ORIGIN}/signin?problem=oidc.notProved`);
      assert.equal(await client.outcome("DELETE /v1/account"), isProof ? "204" : "403 account.proofNeeded");
      assert.equal(logged.some(({ event }) => event === "oidc.notProved"), !isProof);
    });
  }

  await t.step("[U9] a first sign-in without a time from the provider proves nothing later", async () => {
    const { client } = await signIn(somebody({ auth_time: undefined }));
    assert.equal(await client.outcome("GET /v1/account"), "200");
    assert.equal(await client.outcome("DELETE /v1/account"), "403 account.proofNeeded");
  });
});

Deno.test("[U9] a provider that does not ask people again although told to proves nothing", async () => {
  await using store = await openEmptyPostgres();
  await using house = await openHouse(store.db);
  const { provider, signIn } = house;
  const claims = somebody();
  // They signed in there some time ago.
  provider.clockAheadMs = -15 * MINUTE_MS;
  const { client } = await signIn({ ...claims, exp: Math.floor(Date.now() / 1000) + 300 });
  provider.clockAheadMs = 0;
  assert.equal(await client.outcome("DELETE /v1/account"), "403 account.proofNeeded");
  provider.ignoresPrompt = true;
  assert.equal((await signIn(claims, client)).at, `${ORIGIN}/signin?problem=oidc.notProved`);
  assert.equal(await client.outcome("DELETE /v1/account"), "403 account.proofNeeded");
  provider.ignoresPrompt = false;
  assert.equal((await signIn(claims, client)).at, `${ORIGIN}/`);
  assert.equal(await client.outcome("DELETE /v1/account"), "204");
});

Deno.test("a provider's clock can be slow or fast; if it invalidates its tokens, the log says so", async (t) => {
  await using store = await openEmptyPostgres();
  await using house = await openHouse(store.db);
  const { provider, signIn, logged, clock } = house;
  for (const [minutes, isIn] of [[-0.5, true], [0.5, true], [-3, true], [10, true], [-10, false]] as const) {
    await t.step(`[U24] ${minutes} minutes`, async () => {
      provider.clockAheadMs = minutes * MINUTE_MS;
      logged.length = 0;
      const { at, client } = await signIn(somebody());
      assert.equal(at, isIn ? `${ORIGIN}/` : `${ORIGIN}/signin?problem=oidc.answerWrong`);
      assert.equal(await client.outcome("GET /v1/account"), isIn ? "200" : "401 signIn.needed");
      const told = logged.find(({ event }) => event === "oidc.answerWrong");
      assert.equal(told === undefined, isIn);
      if (told !== undefined) assert.match(String(told["cause"]), /exp/, "[U37]");
      clock.aheadMs += 11 * MINUTE_MS;
      assert.equal(
        await client.outcome("GET /v1/account"),
        isIn ? "200" : "401 signIn.needed",
        "at the check",
      );
    });
  }
});

Deno.test("[U37] if a provider refuses our secret, or the code, the log says so, but no URL does", async () => {
  await using store = await openEmptyPostgres();
  await using house = await openHouse(store.db);
  const { provider, signIn, logged } = house;
  for (
    const [status, error, description] of [
      [401, "invalid_client", "Client authentication failed"],
      [400, "unauthorized_client", "Client is disabled"],
      [400, "invalid_grant", "Code not valid"],
      [500, "server_error", "out of memory"],
      [400, "temporarily_unavailable", "try again later"],
      [429, "too_many_requests", "try again later"],
    ] as const
  ) {
    provider.codeRefusal = { status, error, error_description: description };
    logged.length = 0;
    const { at } = await signIn(somebody());
    const isForLater = status === 500 || description.includes("later");
    assert.equal(at, `${ORIGIN}/signin?problem=oidc.${isForLater ? "unreachable" : "answerWrong"}`, error);
    const told = JSON.stringify(logged);
    assert.match(told, status === 500 ? /HTTP 500|server_error/ : new RegExp(`${error}; ${description}`));
  }
  provider.codeRefusal = undefined;
  assert.equal((await signIn(somebody())).at, `${ORIGIN}/`);
});

Deno.test("errors between us and a provider are in the log with their cause", async () => {
  await using store = await openEmptyPostgres();
  await using house = await openHouse(store.db);
  const { logged } = house;
  const back = async (query: Record<string, string>) => {
    const client = house.newClient();
    const { headers } = await client.ask("GET /v1/auth/oidc/oidc");
    const response = await fetch(headers.get("location")!, { redirect: "manual" });
    await response.body?.cancel();
    const url = new URL(response.headers.get("location")!);
    url.searchParams.delete("code");
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    logged.length = 0;
    const answer = await client.ask(`GET ${url.pathname}${url.search}`);
    return new URL(answer.headers.get("location")!).searchParams.get("problem");
  };
  for (
    const error of ["invalid_scope", "unauthorized_client", "invalid_request", "unsupported_response_type"]
  ) {
    assert.equal(await back({ error, error_description: "Invalid scopes: groups" }), "oidc.denied");
    assert.match(JSON.stringify(logged), new RegExp(`${error}; Invalid scopes: groups`), "[U37]");
  }
  assert.equal(await back({ error: "server_error" }), "oidc.unreachable");
  assert.match(JSON.stringify(logged), /server_error/);
  assert.equal(await back({ error: "access_denied" }), "oidc.denied");
  assert.deepEqual(logged, [], "what a person does is no fault");
  await back({ error: "invalid_scope", error_description: `a\nb${"😀".repeat(400)}` });
  const [line] = logged;
  assert.ok(String(line!["cause"]).length <= 300 && String(line!["cause"]).isWellFormed());
});
