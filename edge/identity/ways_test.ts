import assert from "node:assert/strict";
import { type AccountId, type AccountRole, newRowId } from "@tafelrunde/protocol";
import { secretOf } from "../http/account_for_tests.ts";
import { makeAccountApp, ORIGIN, TestClient } from "../http/app_for_tests.ts";
import { changeEmail, findAccount, insertAccount } from "../store/account.ts";
import { makeTestKey } from "../store/api_key_for_tests.ts";
import { insertIdentity } from "../store/identity.ts";
import { insertPasskey } from "../store/passkey.ts";
import { deletePassword, setPassword } from "../store/password.ts";
import { updatePerson } from "../store/person.ts";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "../store/tenant.ts";
import { makeTestIdentityContext } from "../context_for_tests.ts";
import type { IdentityContext } from "../context.ts";
import { admit } from "./oidc/admit.ts";
import { makeRecoveryCodes } from "./recovery_code.ts";
import { beginSession } from "./session.ts";
import { makeLink } from "./one_time_link.ts";
import { isOpenFor, KEY_VOUCHED_MS, type Way, WAYS } from "./ways.ts";

const AT = Date.parse("2026-03-01T10:00:00Z");
const ISSUER = "https://id.example";
const PASSWORD = "Tischlampe am Fenster";

/** An account with every sign-in method, each created while allowed. */
interface Person {
  readonly id: AccountId;
  readonly email: string;
  /** Tries one way. "open" or "shut". */
  readonly tries: Readonly<Record<Way, () => Promise<"open" | "shut">>>;
}

/** What happens to an account before the ways are tried. */
type Change = (
  world: { readonly context: IdentityContext; readonly id: AccountId; readonly email: string },
) => Promise<unknown>;

const identify = (db: Db, id: AccountId) => insertIdentity(db, { issuer: ISSUER, subject: id }, id, AT);
const claimed = (id: AccountId, email: string) => ({
  issuer: ISSUER,
  subject: id,
  name: "Anna",
  email,
  groups: undefined,
  tenant: undefined,
});
const BELONGING = { tenant: undefined, tenantClaim: undefined, adminGroup: undefined };
const letIn: Change = ({ context: { db }, id, email }) => admit(db, claimed(id, email), BELONGING, AT);
const change = (db: Db, id: AccountId, what: { role?: AccountRole; isDisabled?: boolean }) =>
  updatePerson(db, id, undefined, what, AT);

/** Each state of an account, how it is reached, and the ways that are then open; all others are shut. */
const STATES: Readonly<Record<string, readonly [Change, readonly Way[]]>> = {
  "with a password": [
    () => Promise.resolve(),
    [
      "password",
      "recoveryCode",
      "resetPassword",
      "changeEmail",
      "addWay",
      "provider",
      "ownSession",
      "apiKey",
    ],
  ],
  "with a passkey instead": [
    async ({ context: { db }, id }) => {
      await addPasskey(db, id);
      await deletePassword(db, id);
    },
    ["passkey", "recoveryCode", "resetPassword", "changeEmail", "addWay", "provider", "ownSession", "apiKey"],
  ],
  "with nothing yet": [
    ({ context: { db }, id }) => deletePassword(db, id),
    ["invite", "resetPassword", "changeEmail", "addWay", "provider", "ownSession", "apiKey"],
  ],
  "with a password, known to a provider too": [
    letIn,
    [
      ...["password", "recoveryCode", "resetPassword", "changeEmail", "addWay"] as const,
      ...["provider", "ownSession", "providerSession", "apiKey"] as const,
    ],
  ],
  "taken over by a provider before it was set up": [
    async (world) => {
      await deletePassword(world.context.db, world.id);
      await letIn(world);
    },
    ["provider", "providerSession", "apiKey"],
  ],
  "with a provider alone, the password away": [
    async ({ context: { db }, id }) => {
      await identify(db, id);
      await deletePassword(db, id);
    },
    ["provider", "providerSession", "apiKey"],
  ],
  "taken over by a provider while nobody had shown that the address is theirs": [
    async (world) => {
      await world.context.db.updateTable("account").set({ email_verified_at: null }).where(
        "id",
        "=",
        world.id,
      )
        .execute();
      await letIn(world);
    },
    ["provider", "providerSession", "apiKey"],
  ],
  "disabled": [({ context: { db }, id }) => change(db, id, { isDisabled: true }), []],
  "disabled, with a provider": [
    async ({ context: { db }, id }) => {
      await identify(db, id);
      await change(db, id, { isDisabled: true });
    },
    [],
  ],
  "deleted": [({ context: { db }, id }) => db.deleteFrom("account").where("id", "=", id).execute(), []],
  "an admin no more": [
    ({ context: { db }, id }) => change(db, id, { role: "member" }),
    ["password", "recoveryCode", "resetPassword", "changeEmail", "addWay", "provider", "ownSession"],
  ],
  "with another address than the links went to": [
    ({ context: { db }, id, email }) => changeEmail(db, id, `new-${email}`, AT),
    ["recoveryCode", "password", "changeEmail", "addWay", "provider", "ownSession", "apiKey"],
  ],
  "invited at another address": [
    async ({ context: { db }, id, email }) => {
      await deletePassword(db, id);
      await changeEmail(db, id, `new-${email}`, AT);
    },
    ["changeEmail", "addWay", "provider", "ownSession", "apiKey"],
  ],
};

testOnStores("[U30] an account's current state decides how it can be used", async ({ store: { db } }, t) => {
  await ensureDefaultTenant(db, 0);
  const plain = await makeTestIdentityContext(db, { now: () => AT });
  using _hasher = plain.hasher;
  const config = {
    ...plain.config,
    SMTP_URL: "smtp://localhost",
    MAIL_FROM: "a@example.org",
    PUBLIC_URL: ORIGIN,
  };
  const context = { ...plain, config };
  const hash = await context.hasher.hash(PASSWORD, { kind: "newPassword", who: "test", about: "test" });
  for (const [state, [become, open]] of Object.entries(STATES)) {
    await t.step(`[U30] ${state}`, async () => {
      const found: string[] = [];
      for (const way of WAYS) {
        const { id, email, tries } = await makePerson(context, hash);
        await become({ context, id, email });
        if (await tries[way]() === "open") found.push(way);
      }
      assert.deepEqual(found.sort(), [...open].sort());
    });
  }

  await t.step(
    "[U30] removing the last own method keeps the provider's sessions, and nothing else",
    async () => {
      const { id, email } = await makePerson(context, hash);
      await identify(db, id);
      const [first, second] = [
        new TestClient(makeAccountApp(context)),
        new TestClient(makeAccountApp(context)),
      ];
      const session = async (client: TestClient, issuer?: string) => {
        const provider = issuer && { issuer, sid: null, tokens: "", recheckAt: null };
        const signIn = { method: issuer ? "oidc" : "password", device: "", ...provider && { provider } };
        client.cookies.set(
          "tafelrunde-session",
          await beginSession(db, (await findAccount(db, id))!, signIn, AT),
        );
      };
      await session(first);
      await session(second, ISSUER);
      assert.equal(await second.outcome("DELETE /v1/account/password"), "204");
      assert.equal(await first.outcome("GET /v1/account"), "401 signIn.needed");
      const { body } = await second.ask("GET /v1/account/methods");
      assert.deepEqual([body.passwordChangedAt, body.recoveryCodesLeft], [null, 0]);
      const rows = await db.selectFrom("one_time_secret").select("purpose").where("account_id", "=", id)
        .execute();
      assert.deepEqual(rows, [], email);
    },
  );

  await t.step("[U20] of two last methods that are removed concurrently, one stays", async () => {
    const { id } = await makePerson(context, hash);
    const passkey = await addPasskey(db, id);
    const client = new TestClient(makeAccountApp(context));
    const signIn = { method: "password", device: "" };
    client.cookies.set(
      "tafelrunde-session",
      await beginSession(db, (await findAccount(db, id))!, signIn, AT),
    );
    const outcomes = await Promise.all([
      client.outcome("DELETE /v1/account/password"),
      client.outcome(`DELETE /v1/account/passkeys/${passkey}`),
    ]);
    assert.deepEqual(outcomes.sort(), ["204", "409 account.lastMethod"]);
  });

  await t.step(
    "[A22] an API key of a person whom only a provider lets in ends 90 days after it last did",
    async () => {
      const { id } = await makePerson(context, hash);
      await identify(db, id);
      await deletePassword(db, id);
      const outcomeAt = async (at: number) => {
        const app = makeAccountApp({ ...context, now: () => at });
        const { key, maker } = await makeTestKey(db, DEFAULT_TENANT, ["rooms:read"], AT);
        await db.updateTable("api_key").set({ created_by: id }).where("created_by", "=", maker).execute();
        return await new TestClient(app, { authorization: `Bearer ${key}` }).outcome("GET /v1/account");
      };
      assert.equal(await outcomeAt(AT + KEY_VOUCHED_MS), "403 key.notAllowed");
      assert.equal(await outcomeAt(AT + KEY_VOUCHED_MS + 1), "401 key.unknown");
      const email = (await findAccount(db, id))!.email!;
      await admit(db, claimed(id, email), BELONGING, AT + KEY_VOUCHED_MS);
      assert.equal(await outcomeAt(AT + KEY_VOUCHED_MS + 1), "403 key.notAllowed");
    },
  );
});

async function addPasskey(db: Db, accountId: AccountId): Promise<string> {
  const id = newRowId();
  const passkey = { id, publicKey: new Uint8Array(8), counter: 0, transports: [], name: "Laptop" };
  await insertPasskey(db, accountId, passkey, AT);
  return id;
}

async function makePerson(context: IdentityContext, hash: string): Promise<Person> {
  const { db } = context;
  const id = newRowId() as AccountId;
  const email = `${id}@example.org`;
  const account = await insertAccount(db, {
    id,
    tenantId: DEFAULT_TENANT,
    name: "Anna",
    email,
    isEmailVerified: true,
    role: "admin",
    isOperator: false,
  }, AT);
  await setPassword(db, id, hash, AT);
  const [code = ""] = await makeRecoveryCodes(db, id);
  const link = async (purpose: "invite" | "resetPassword" | "changeEmail", to: string) => {
    const wish = { purpose, tenantId: DEFAULT_TENANT, accountId: id, email: to };
    return secretOf((await makeLink(db, ORIGIN, wish, AT)).url);
  };
  const secrets = {
    invite: await link("invite", email),
    resetPassword: await link("resetPassword", email),
    changeEmail: await link("changeEmail", `next-${email}`),
  };
  const session = async (issuer?: string) => {
    const provider = issuer && { issuer, sid: null, tokens: "", recheckAt: null };
    const signIn = { method: issuer ? "oidc" : "password", device: "", ...provider && { provider } };
    return await beginSession(db, account!, signIn, AT);
  };
  const [ownSession, providerSession] = [await session(), await session(ISSUER)];
  const { key, maker } = await makeTestKey(db, DEFAULT_TENANT, ["rooms:read"], AT);
  await db.updateTable("api_key").set({ created_by: id }).where("created_by", "=", maker).execute();
  const app = makeAccountApp(context);
  const open = (isOpen: boolean) => isOpen ? "open" : "shut";
  const asks = async (expected: string, what: string, body?: unknown) =>
    open(await new TestClient(app).outcome(what, body) === expected);
  const withCookie = (secret: string) => {
    const client = new TestClient(app);
    client.cookies.set("tafelrunde-session", secret);
    return client;
  };
  const decided = (way: Way) => async () => open(await isOpenFor(db, way, id, AT));
  const use = (secret: string) => ({ secret, name: "Anna", password: PASSWORD });
  return {
    id,
    email,
    tries: {
      // Signing in by password uses the account's current address.
      password: async () => {
        const now = await findAccount(db, id);
        return await asks("200", "POST /v1/auth/password", {
          email: now?.email ?? email,
          password: PASSWORD,
        });
      },
      recoveryCode: async () => {
        const now = await findAccount(db, id);
        return await asks("200", "POST /v1/auth/recovery", { email: now?.email ?? email, code });
      },
      passkey: decided("passkey"),
      invite: () => asks("200", "POST /v1/auth/one-time-link/use", use(secrets.invite)),
      resetPassword: () => asks("200", "POST /v1/auth/one-time-link/use", use(secrets.resetPassword)),
      changeEmail: () => asks("200", "POST /v1/auth/email", { secret: secrets.changeEmail }),
      addWay: decided("addWay"),
      provider: async () => {
        const account = await findAccount(db, id);
        if (account === undefined) return "shut";
        const admitted = await admit(db, claimed(id, account.email!), BELONGING, AT);
        return open(typeof admitted !== "string" && admitted.id === id);
      },
      ownSession: async () => open(await withCookie(ownSession).outcome("GET /v1/account") === "200"),
      providerSession: async () =>
        open(await withCookie(providerSession).outcome("GET /v1/account") === "200"),
      apiKey: async () => {
        const client = new TestClient(app, { authorization: `Bearer ${key}` });
        return open(await client.outcome("GET /v1/account") === "403 key.notAllowed");
      },
    },
  };
}
