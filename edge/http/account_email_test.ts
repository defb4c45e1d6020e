import assert from "node:assert/strict";
import type { AccountId } from "@tafelrunde/protocol";
import { makeTestIdentityContext } from "../context_for_tests.ts";
import { makeLink } from "../identity/one_time_link.ts";
import { LIMITS } from "../limit_table.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "../store/tenant.ts";
import { comeAsPerson, PASSWORD, secretOf } from "./account_for_tests.ts";
import { makeAccountApp, ORIGIN, TestClient } from "./app_for_tests.ts";

testOnStores("changing an account's email address", async ({ store: { db } }, t) => {
  await ensureDefaultTenant(db, 0);
  let at = Date.parse("2026-03-01T10:00:00Z");
  const plain = await makeTestIdentityContext(db, { now: () => at });
  using _hasher = plain.hasher;
  const context = {
    ...plain,
    config: {
      ...plain.config,
      SMTP_URL: "smtp://localhost",
      PUBLIC_URL: ORIGIN,
      MAIL_FROM: "meet@example.org",
    },
  };
  const app = makeAccountApp(context);
  const lastMail = async () => {
    const row = await db.selectFrom("outbox").select("body").orderBy("created_at", "desc").orderBy(
      "id",
      "desc",
    )
      .limit(1).executeTakeFirstOrThrow();
    await db.deleteFrom("outbox").execute();
    return row.body as { to: { address: string }; kind: string; text: string };
  };
  /** The secret of the link to confirm `to`, requested by `client`. */
  const askForEmail = async (client: TestClient, to: string) => {
    await db.deleteFrom("outbox").execute();
    assert.equal(await client.outcome("PUT /v1/account/email", { email: to }), "202");
    return { secret: secretOf(/\S+\/email#\S+/.exec((await lastMail()).text)?.[0]) };
  };
  const makePerson = (name: string) => comeAsPerson(context, app, name);

  await t.step(
    "[U34] a new address is confirmed by a link sent to it, and the old one is notified",
    async () => {
      const { account, email, client } = await makePerson("kurt");
      const { email: taken } = await makePerson("klara");
      const use = { email, password: PASSWORD };
      const ask = (to: string) => client.outcome("PUT /v1/account/email", { email: to });
      assert.equal(await ask(taken), "409 person.emailTaken");
      assert.equal(await ask("kein Ort"), "422 request.invalid");
      const { secret: first } = await askForEmail(client, "Kurt.Neu@example.org");
      assert.equal(await ask("kurt.neu@example.org"), "429 mail.tooFrequent", "[B7] not again at once");
      at += LIMITS["mail.again"].durationS * 1000 + 1;
      assert.equal(await ask("kurt.neu@example.org"), "202");
      const mail = await lastMail();
      assert.deepEqual([mail.kind, mail.to.address], ["email.confirm", "kurt.neu@example.org"]);
      const secret = secretOf(/\S+\/email#\S+/.exec(mail.text)?.[0]);
      assert.equal((await client.ask("GET /v1/account")).body.email, email, "nothing has changed yet");
      const reset = await makeLink(db, ORIGIN, {
        purpose: "resetPassword",
        tenantId: DEFAULT_TENANT,
        accountId: account.id,
      }, at);

      const nobody = new TestClient(app);
      assert.equal(await nobody.outcome("POST /v1/auth/email", { secret: first }), "404 oneTimeLink.unknown");
      const asPassword = { secret, password: PASSWORD };
      assert.equal(
        await nobody.outcome("POST /v1/auth/one-time-link/use", asPassword),
        "404 oneTimeLink.unknown",
      );
      assert.equal(
        await nobody.outcome("POST /v1/auth/email", { secret: secretOf(reset.url) }),
        "404 oneTimeLink.unknown",
      );
      const { body: info } = await nobody.ask("POST /v1/auth/one-time-link", { secret });
      assert.deepEqual([info.purpose, info.email], ["changeEmail", "kurt.neu@example.org"]);
      const { body: confirmed } = await nobody.ask("POST /v1/auth/email", { secret });
      assert.deepEqual(confirmed, { email: "kurt.neu@example.org" });
      const notice = await lastMail();
      assert.deepEqual([notice.kind, notice.to.address], ["email.changed", email]);
      assert.equal(await nobody.outcome("POST /v1/auth/email", { secret }), "404 oneTimeLink.unknown");
      assert.equal((await client.ask("GET /v1/account")).body.email, "kurt.neu@example.org");
      assert.equal(
        await nobody.outcome("POST /v1/auth/one-time-link", { secret: secretOf(reset.url) }),
        "404 oneTimeLink.unknown",
        "what went to the address of before is good no more",
      );
      assert.equal(await nobody.outcome("POST /v1/auth/password", use), "401 signIn.wrong");
      const anew = { ...use, email: "kurt.neu@example.org" };
      assert.equal(await nobody.outcome("POST /v1/auth/password", anew), "200");
      at += 11 * 60_000;
      assert.equal(await ask("kurt.neuer@example.org"), "403 account.proofNeeded");
      at -= 11 * 60_000;
    },
  );

  await t.step(
    "[U34] if two people confirm the same address at once, or one confirms twice, only one gets it",
    async () => {
      const people = [await makePerson("ute"), await makePerson("udo")];
      const links = [];
      for (const { client } of people) links.push(await askForEmail(client, "u@example.org"));
      const nobody = new TestClient(app);
      const confirm = (link: object) => nobody.outcome("POST /v1/auth/email", link);
      const outcomes = await Promise.all([...links, ...links].map(confirm));
      assert.equal(outcomes.filter((outcome) => outcome === "200").length, 1, outcomes.join());
      assert.ok(
        outcomes.every((outcome) => /^200$|oneTimeLink.unknown|person.emailTaken/.test(outcome)),
        outcomes.join(),
      );

      const { client } = await makePerson("ulf");
      const link = await askForEmail(client, "belegt@example.org");
      await makePerson("belegt");
      assert.equal(await confirm(link), "409 person.emailTaken");
    },
  );

  await t.step("[U34] a person who lost the account does not regain it with an address", async () => {
    const nobody = new TestClient(app);
    const ends: Readonly<Record<string, (client: TestClient, id: AccountId) => Promise<unknown>>> = {
      "a new password": (client) => client.outcome("PUT /v1/account/password", { password: `${PASSWORD}!` }),
      "out everywhere": (client) => client.outcome("DELETE /v1/account/sessions"),
      "a mailed password": async (_client, accountId) => {
        const reset = { purpose: "resetPassword", tenantId: DEFAULT_TENANT, accountId } as const;
        const secret = secretOf((await makeLink(db, ORIGIN, reset, at)).url);
        await nobody.outcome("POST /v1/auth/one-time-link/use", { secret, password: `${PASSWORD}!` });
      },
      "disabled": (_client, id) =>
        db.updateTable("account").set({ disabled_at: new Date(at) }).where("id", "=", id).execute(),
      "a provider's alone": async (_client, id) => {
        await db.insertInto("identity")
          .values({
            issuer: "https://idp.example",
            subject: id,
            account_id: id,
            created_at: new Date(at),
            vouched_at: new Date(at),
          })
          .execute();
        await db.deleteFrom("password").where("account_id", "=", id).execute();
      },
    };
    for (const [index, [name, end]] of Object.entries(ends).entries()) {
      const { client, account } = await makePerson(`nora${index}`);
      const link = await askForEmail(client, `thief${index}@example.org`);
      await end(client, account.id);
      assert.equal(await nobody.outcome("POST /v1/auth/email", link), "404 oneTimeLink.unknown", name);
    }
  });
});
