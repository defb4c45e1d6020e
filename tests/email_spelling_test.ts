/** One email address in different spellings, and unusual real addresses, over the API and in mails. */
import assert from "node:assert/strict";
import type { Person, TenantResource } from "@tafelrunde/protocol/http";
import { startTestProvider } from "../edge/identity/oidc/provider_for_tests.ts";
import { PasswordHasher } from "../edge/identity/password/hasher.ts";
import { startSmtpSink } from "../edge/mail/smtp_sink_for_tests.ts";
import { setPassword } from "../edge/store/password.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "../edge/store/tenant.ts";
import { startTestEdge } from "./edge_rig.ts";
import { ask, cookiesOf } from "./raw_http.ts";
import { makeTenant, RestClient, signIn } from "./rest_client.ts";

const PASSWORD = "Quittenbrot mit Walnuss";
const ORIGIN = "http://meet.example.org";

testOnStores("one stored spelling per email address", async ({ store }, t) => {
  const { db } = store;
  await ensureDefaultTenant(db, Date.now());
  await using provider = await startTestProvider({ name: "Jörg Müller", email_verified: true });
  await using sink = await startSmtpSink();
  await using edge = await startTestEdge({
    store,
    env: {
      PUBLIC_URL: ORIGIN,
      SMTP_URL: sink.url,
      MAIL_FROM: "Tafelrunde Köln <meet@Köln.example>",
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.clientId,
      OIDC_CLIENT_SECRET: provider.clientSecret,
    },
  });
  const admin = await signIn(db, edge.origin, DEFAULT_TENANT, { name: "Ada", role: "admin" });
  const nobody = new RestClient(edge.origin, { origin: ORIGIN });
  const invite = (email: string) => admin.get<Person>("POST", "/v1/people", { name: "Jörg", email });
  const jörg = await invite(" Joerg@MÜLLER.example ");

  await t.step("[A44] it is stored in DNS form, and taken in any other spelling", async () => {
    assert.equal(jörg.email, "joerg@xn--mller-kva.example");
    for (
      const email of [
        "joerg@müller.example",
        "JOERG@mu\u0308ller.example",
        "joerg@xn--mller-kva.example",
        "ｊoerg@müller。example",
      ]
    ) {
      const taken = await admin.fail("POST", "/v1/people", { name: "Other", email });
      assert.deepEqual(taken, [409, "person.emailTaken"], email);
    }
  });

  await t.step("[A44] people are found by it as people read it", async () => {
    for (const search of ["joerg@müller.example", "müller.example", "MÜLLER", "xn--mller-kva", "joerg@"]) {
      const path = `/v1/people?search=${encodeURIComponent(search)}`;
      const { items } = await admin.get<{ items: Person[] }>("GET", path);
      assert.deepEqual(items.map(({ id }) => id), [jörg.id], search);
    }
  });

  await t.step("[A44] and sign in with it, with a password", async () => {
    using hasher = new PasswordHasher();
    const hash = await hasher.hash(PASSWORD, { kind: "newPassword", who: "test", about: "test" });
    await setPassword(db, jörg.id, hash, Date.now());
    for (const email of ["joerg@müller.example", "joerg@XN--MLLER-KVA.example"]) {
      const account = await nobody.get<{ id: string }>("POST", "/v1/auth/password", {
        email,
        password: PASSWORD,
      });
      assert.equal(account.id, jörg.id, email);
    }
  });

  await t.step("[A44] or through a provider, however it spells them", async () => {
    const claims = [
      ["joerg@müller.example", "sub-1", jörg.id],
      ["o'brien@example.ie", "sub-2", undefined],
      ["anna&ben@straße.example", "sub-3", undefined],
      ["почта@пример.example", "sub-4", undefined],
    ] as const;
    const kept = ["joerg@xn--mller-kva.example", "o'brien@example.ie", "anna&ben@xn--strae-oqa.example"];
    for (const [n, [email, sub, id]] of claims.entries()) {
      provider.idToken = { claims: { email, sub } };
      const begun = await ask(`${edge.origin}/v1/auth/oidc/oidc`);
      const sent = await fetch(begun.headers.location!, { redirect: "manual" });
      await sent.body?.cancel();
      const back = new URL(sent.headers.get("location")!);
      const ended = await ask(`${edge.origin}${back.pathname}${back.search}`, {
        headers: { cookie: cookiesOf(begun) },
      });
      const account = await ask(`${edge.origin}/v1/account`, { headers: { cookie: cookiesOf(ended) } });
      const told = JSON.parse(account.text);
      assert.equal(told.email, kept[n] ?? "почта@xn--e1afmkfd.example", account.text);
      if (id !== undefined) assert.equal(told.id, id, "the account that was there");
    }
  });

  await t.step("[A44] an invitation is one, however its address is spelled", async () => {
    const meeting = await admin.get<{ id: string }>("POST", "/v1/meetings", {
      title: "Rat",
      time: { start: "2031-03-04T10:00", timeZone: "Europe/Berlin", durationMinutes: 60, recurrence: null },
    });
    const people = ["gast@bücher.example", "GAST@xn--bcher-kva.example", "o'brien&söhne@example.ie"];
    const { items } = await admin.get<{ items: { id: string; email: string }[] }>(
      "POST",
      `/v1/meetings/${meeting.id}/invitations`,
      { people: people.map((email) => ({ email })) },
    );
    assert.deepEqual(items.map(({ email }) => email), [
      "gast@xn--bcher-kva.example",
      "gast@xn--bcher-kva.example",
      "o'brien&söhne@example.ie",
    ]);
    assert.equal(new Set(items.map(({ id }) => id)).size, 2);
  });

  await t.step("[B12] mails from and to such domains are plain ASCII where required", async () => {
    // The account, and two invitations to the meeting.
    await sink.waitFor(3);
    for (const { raw, to, email } of sink.taken) {
      const head = raw.slice(0, raw.search(/\r?\n\r?\n/));
      const isPlain = !to.some((address) => /[^\0-\x7f].*@/.test(address));
      if (isPlain) assert.match(head, /^[\0-\x7f]*$/, head);
      assert.match(email.messageId ?? "", /^<[\x21-\x7e]+@xn--kln-sna\.example>$/);
      assert.deepEqual(email.from, { address: "meet@xn--kln-sna.example", name: "Tafelrunde Köln" });
    }
    // The test's server decodes domains; the header shows what it received.
    const letter = sink.taken.find(({ to }) => to.includes("joerg@müller.example"));
    assert.match(letter?.raw ?? "", /^To: .*<joerg@xn--mller-kva\.example>/m);
  });

  await t.step("[A44] a tenant's host name is one, however it is spelled", async () => {
    const operator = await signIn(db, edge.origin, DEFAULT_TENANT, { role: "admin", isOperator: true });
    const id = await makeTenant(db, "rathaus");
    const any = { "if-match": "*" };
    const tenant = await operator.get<TenantResource>(
      "PATCH",
      `/v1/tenants/${id}`,
      { domain: "Rathaus-MÜNCHEN.example." },
      any,
    );
    assert.equal(tenant.domain, "xn--rathaus-mnchen-osb.example");
    const branding = await ask(`${edge.origin}/v1/branding`, { headers: { host: tenant.domain } });
    assert.match(branding.text, /rathaus/);
    const other = await makeTenant(db, "other");
    const taken = await operator.fail("PATCH", `/v1/tenants/${other}`, {
      domain: tenant.domain.toUpperCase(),
    }, any);
    assert.deepEqual(taken, [409, "tenant.taken"]);
    for (const domain of ["a b", "a..b", "10.0.0.1", "https://a.example", "a.example:8443", "a.example/"]) {
      const wrong = await operator.fail("PATCH", `/v1/tenants/${other}`, { domain }, any);
      assert.deepEqual(wrong, [422, "request.invalid"], domain);
    }
  });
});
