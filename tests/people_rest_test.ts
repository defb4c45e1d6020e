import assert from "node:assert/strict";
import type { ApiKey, Group, Person, TenantResource, TenantUsage } from "@tafelrunde/protocol/http";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { makeTestKey } from "../edge/store/api_key_for_tests.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, RestClient, signIn } from "./rest_client.ts";

type Page<Item> = { items: Item[]; next: string | null };
const any = { "if-match": "*" };

testOnStores("people, keys and tenants over the REST API", async ({ store }, t) => {
  const { db } = store;
  await using edge = await startTestEdge({ store });
  const { origin } = edge;
  const tenant = await makeTenant(db, "house");
  const admin = await signIn(db, origin, tenant, { name: "Ada", role: "admin" });
  const anna = await signIn(db, origin, tenant, { name: "Anna" });
  const elsewhere = await signIn(db, origin, await makeTenant(db, "elsewhere"), {
    name: "Eve",
    role: "admin",
  });
  const operator = await signIn(db, origin, DEFAULT_TENANT, {
    name: "Otto",
    role: "admin",
    isOperator: true,
  });

  await t.step(
    "[A22] an API key is shown once, does what its scopes allow, and ends with its expiry or deletion",
    async () => {
      const made = await admin.get<ApiKey & { key: string }>("POST", "/v1/keys", {
        name: "timetable",
        scopes: ["rooms:read"],
      });
      const program = new RestClient(origin, { authorization: `Bearer ${made.key}` });
      assert.deepEqual((await program.get<Page<unknown>>("GET", "/v1/rooms")).items, []);
      assert.deepEqual(await program.fail("POST", "/v1/rooms", {}), [403, "key.scopeMissing"]);
      assert.deepEqual(await program.fail("GET", "/v1/keys"), [403, "key.notAllowed"]);
      assert.deepEqual(await program.fail("GET", "/v1/tenants"), [403, "key.notAllowed"]);
      const rows = JSON.stringify(await db.selectFrom("api_key").selectAll().execute());
      assert.ok(!rows.includes(made.key) && !rows.includes(made.key.slice(12)));
      const { items: [listed] } = await admin.get<Page<ApiKey>>("GET", "/v1/keys");
      assert.deepEqual([listed!.name, listed!.createdBy, listed!.usedAt !== null], ["timetable", {
        id: admin.account,
        name: "Ada",
      }, true]);
      assert.deepEqual(await anna.fail("GET", "/v1/keys"), [403, "admin.needed"]);
      assert.deepEqual(await elsewhere.fail("DELETE", `/v1/keys/${made.id}`), [404, "key.unknown"]);
      await admin.get("DELETE", `/v1/keys/${made.id}`);
      assert.deepEqual(await program.fail("GET", "/v1/rooms"), [401, "key.unknown"]);
      const past = { name: "x", scopes: ["rooms:read"], expiresAt: "2020-01-01T00:00:00Z" };
      assert.deepEqual(await admin.fail("POST", "/v1/keys", past), [422, "request.invalid"]);
    },
  );

  await t.step("[A22] an expired key is invalid", async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const made = await admin.get<{ key: string; id: string }>("POST", "/v1/keys", {
      name: "short",
      scopes: ["rooms:read"],
      expiresAt,
    });
    const program = new RestClient(origin, { authorization: `Bearer ${made.key}` });
    assert.equal(
      await program.ask("GET", "/v1/rooms").then((r) => r.body?.cancel().then(() => r.status)),
      200,
    );
    await db.updateTable("api_key").set({ expires_at: new Date(Date.now() - 1) }).where("id", "=", made.id)
      .execute();
    assert.deepEqual(await program.fail("GET", "/v1/rooms"), [401, "key.unknown"]);
  });

  await t.step(
    "[A22] a key ends when its creator is no longer an admin, is disabled or deleted; it never has more rights than they have",
    async () => {
      const maker = await signIn(db, origin, tenant, { name: "Kim", role: "admin" });
      const made = await maker.get<{ key: string; id: string }>("POST", "/v1/keys", {
        name: "sync",
        scopes: ["people:read", "people:write"],
      });
      const program = new RestClient(origin, { authorization: `Bearer ${made.key}` });
      const path = `/v1/people/${maker.account}`;
      const state = async () => {
        const { items } = await admin.get<Page<ApiKey>>("GET", "/v1/keys");
        const response = await program.ask("GET", "/v1/people");
        await response.body?.cancel();
        return [response.status, items.find(({ id }) => id === made.id)?.isGood];
      };
      assert.deepEqual(await state(), [200, true]);
      await admin.get("PATCH", path, { role: "member" }, any);
      assert.deepEqual(await state(), [401, false]);
      await admin.get("PATCH", path, { role: "admin" }, any);
      assert.deepEqual(await state(), [200, true]);
      await admin.get("PATCH", path, { isDisabled: true }, any);
      assert.deepEqual(await state(), [401, false]);
      await admin.get("PATCH", path, { isDisabled: false }, any);
      assert.deepEqual(await state(), [200, true]);
      await admin.get("DELETE", path, undefined, any);
      assert.deepEqual(await state(), [401, false]);
    },
  );

  await t.step("[A29] the log says which key changed a person's rights, and names nobody", async () => {
    const { key, id, maker } = await makeTestKey(db, tenant, ["people:write"], Date.now());
    const program = new RestClient(origin, { authorization: `Bearer ${key}` });
    const cem = await signIn(db, origin, tenant, { name: "Cem" });
    await program.get("PATCH", `/v1/people/${cem.account}`, { isDisabled: true }, any);
    const line = edge.logged.filter((one) => one.includes('"rights.changed"')).at(-1)!;
    const { effect, by } = JSON.parse(line);
    assert.deepEqual([effect, by], ["member.change", `key:${id}`]);
    assert.ok(!line.includes(cem.account) && !line.includes("Cem"));
    for (const account of [cem.account, maker]) {
      await admin.get("DELETE", `/v1/people/${account}`, undefined, any);
    }
  });

  await t.step("[A23] people are found by name or address, in their own tenant only", async () => {
    const find = async (client: RestClient, search: string) =>
      (await client.get<Page<Person>>("GET", `/v1/people?search=${search}`)).items.map(({ name }) => name);
    // Addresses contain random ids, which might contain a shorter word.
    assert.deepEqual(await find(anna, "anna"), ["Anna"]);
    assert.deepEqual(await find(anna, `${admin.account}@`), ["Ada"]);
    assert.deepEqual(await find(elsewhere, "anna"), []);
    assert.deepEqual(await find(anna, "%25"), []);
    assert.deepEqual(await elsewhere.fail("GET", `/v1/people/${anna.account}`), [404, "account.unknown"]);
    assert.deepEqual(await anna.fail("GET", `/v1/people/${admin.account}`), [403, "admin.needed"]);
  });

  await t.step(
    "[A23] a disabled person is signed out at once; no one locks themselves or everyone out",
    async () => {
      const cem = await signIn(db, origin, tenant, { name: "Cem" });
      const path = `/v1/people/${cem.account}`;
      await admin.get("PATCH", path, { isDisabled: true }, any);
      assert.deepEqual(await cem.fail("GET", "/v1/rooms"), [401, "signIn.needed"]);
      const names = async (client: RestClient) =>
        (await client.get<Page<Person>>("GET", "/v1/people")).items.map(({ name }) => name);
      assert.deepEqual([await names(anna), await names(admin)], [["Ada", "Anna"], ["Ada", "Anna", "Cem"]]);
      const own = `/v1/people/${admin.account}`;
      assert.deepEqual(await admin.fail("PATCH", own, { role: "member" }, any), [409, "person.isYou"]);
      assert.deepEqual(await admin.fail("DELETE", own, undefined, any), [409, "person.isYou"]);
      const made = await admin.get<{ key: string }>("POST", "/v1/keys", {
        name: "x",
        scopes: ["people:write"],
      });
      const program = new RestClient(origin, { authorization: `Bearer ${made.key}` });
      assert.deepEqual(await program.fail("PATCH", own, { isDisabled: true }, any), [403, "key.notAllowed"]);
      await admin.get("PATCH", path, { isDisabled: false, role: "admin" }, any);
      await program.get("PATCH", own, { name: "Ada L." }, any);
      await admin.get("DELETE", path, undefined, any);
      assert.deepEqual(await admin.fail("GET", path), [404, "account.unknown"]);
      assert.deepEqual(await elsewhere.fail("DELETE", `/v1/people/${anna.account}`, undefined, any), [
        404,
        "account.unknown",
      ]);
    },
  );

  await t.step(
    "[A28] an invitation creates an account and a one-time link; a new one ends the previous one",
    async () => {
      const wish = { name: "Dora", email: "Dora@Example.org", role: "member" };
      const invited = await admin.get<Person & { inviteUrl: string }>("POST", "/v1/people", wish);
      assert.deepEqual([invited.email, invited.version], ["dora@example.org", 1]);
      assert.deepEqual(await admin.fail("POST", "/v1/people", wish), [409, "person.emailTaken"]);
      assert.deepEqual(await anna.fail("POST", "/v1/people", wish), [403, "admin.needed"]);
      const path = `/v1/people/${invited.id}/invitation`;
      const again = await admin.get<{ inviteUrl: string }>("POST", path);
      assert.deepEqual(await elsewhere.fail("POST", path), [404, "account.unknown"]);
      const nobody = new RestClient(origin);
      const use = (url: string) => ({
        secret: new URL(url).hash.slice(1),
        password: "ein ganz anderes Kennwort 4711",
      });
      assert.deepEqual(await nobody.fail("POST", "/v1/auth/one-time-link/use", use(invited.inviteUrl)), [
        404,
        "oneTimeLink.unknown",
      ]);
      await nobody.get("POST", "/v1/auth/one-time-link/use", use(again.inviteUrl));
      assert.deepEqual(await admin.fail("POST", path), [409, "person.isSetUp"]);
      await admin.get("DELETE", `/v1/people/${invited.id}`, undefined, any);
    },
  );

  await t.step(
    "[A24] groups: names are unique in a tenant, external ones cannot be changed here",
    async () => {
      const group = await admin.get<Group>("POST", "/v1/groups", { name: "Chor" });
      const path = `/v1/groups/${group.id}`;
      assert.deepEqual(await admin.fail("POST", "/v1/groups", { name: "Chor" }), [409, "group.nameTaken"]);
      await admin.get("PUT", `${path}/members/${anna.account}`);
      await admin.get("PUT", `${path}/members/${anna.account}`);
      assert.deepEqual(await admin.fail("PUT", `${path}/members/${elsewhere.account}`), [
        404,
        "account.unknown",
      ]);
      assert.deepEqual(
        (await anna.get<Page<Person>>("GET", `${path}/members`)).items.map(({ name }) => name),
        ["Anna"],
      );
      assert.deepEqual(await elsewhere.fail("GET", path), [404, "group.unknown"]);
      assert.deepEqual(await anna.fail("PATCH", path, { name: "x" }, any), [403, "admin.needed"]);
      assert.equal(
        (await admin.get<Group>("PATCH", path, { name: "Kammerchor" }, { "if-match": '"1"' })).version,
        2,
      );
      await db.updateTable("people_group").set({ is_external: true }).where("id", "=", group.id).execute();
      assert.deepEqual(await admin.fail("DELETE", path, undefined, any), [409, "group.isExternal"]);
      assert.deepEqual(await admin.fail("PUT", `${path}/members/${anna.account}`), [409, "group.isExternal"]);
    },
  );

  await t.step("[A25] a tenant's admin chooses its branding, its operator its limits", async () => {
    const own = await admin.get<TenantResource>("GET", "/v1/tenant");
    const branding = {
      accent: "#112233",
      logo: null,
      imprintUrl: "https://example.org/impressum",
      privacyUrl: null,
    };
    const changed = await admin.get<TenantResource>("PATCH", "/v1/tenant", { branding }, {
      "if-match": `"${own.version}"`,
    });
    assert.deepEqual(changed.branding, branding);
    assert.deepEqual(await anna.fail("PATCH", "/v1/tenant", { name: "x" }, any), [403, "admin.needed"]);
    assert.deepEqual(await admin.fail("PATCH", "/v1/tenant", { quota: {} }, any), [422, "request.invalid"]);
    for (
      const logo of [
        "https://example.org/x.png",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:image/png;base64,",
      ]
    ) {
      assert.deepEqual(await admin.fail("PATCH", "/v1/tenant", { branding: { logo } }, any), [
        422,
        "request.invalid",
      ]);
    }
    assert.deepEqual(await admin.fail("GET", "/v1/tenants"), [403, "operator.needed"]);
    const made = await operator.get<TenantResource>("POST", "/v1/tenants", {
      slug: "stadtwerke",
      name: "Stadtwerke",
      domain: "treffen.example.org",
      quota: { maxRooms: 5 },
    });
    assert.deepEqual([made.quota.maxRooms, made.quota.maxMinutes], [5, null]);
    assert.deepEqual(await operator.fail("POST", "/v1/tenants", { slug: "stadtwerke", name: "x" }), [
      409,
      "tenant.taken",
    ]);
    const path = `/v1/tenants/${made.id}`;
    const limited = await operator.get<TenantResource>("PATCH", path, {
      quota: { maxMinutes: 10, maxRooms: null },
    }, { "if-match": '"1"' });
    assert.deepEqual([limited.quota.maxMinutes, limited.quota.maxRooms], [10, null]);
    await operator.get("DELETE", path, undefined, any);
    assert.deepEqual(await operator.fail("GET", path), [404, "tenant.unknown"]);
    assert.deepEqual(await operator.fail("DELETE", `/v1/tenants/${DEFAULT_TENANT}`, undefined, any), [
      409,
      "tenant.isDefault",
    ]);
    const usage = await admin.get<TenantUsage>("GET", "/v1/tenant/usage");
    assert.deepEqual([usage.rooms, usage.people, usage.minutes, usage.storageBytes > 0], [0, 2, 0, true]);
    await db.updateTable("tenant").set({ max_storage_bytes: 100 }).where("id", "=", tenant).execute();
    assert.deepEqual(await admin.fail("PATCH", "/v1/tenant", { branding }, any), [
      409,
      "tenant.storageSpent",
    ]);
    const { name } = await new RestClient(origin).get<{ name: string }>("GET", "/v1/branding");
    assert.equal(name, "Tafelrunde");
  });
  assert.deepEqual(edge.complaints, []);
});
