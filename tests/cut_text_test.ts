/**
 * Wherever a text is truncated to its maximum length, over the API: the cut is between characters, and causes
 * no fault of ours.
 */
import assert from "node:assert/strict";
import { MAX_NAME } from "@tafelrunde/protocol";
import { type Meeting, type Problem, SCOPES } from "@tafelrunde/protocol/http";
import { startTestProvider } from "../edge/identity/oidc/provider_for_tests.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "../edge/store/tenant.ts";
import { startTestEdge } from "./edge_rig.ts";
import { ask, cookiesOf } from "./raw_http.ts";
import { signIn } from "./rest_client.ts";

/** Characters of several UTF-16 units, and of several code points. */
const WIDE = ["😀", "👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301\u0323", "각", "𝒜", "क्षि"];

/** Longest name of a room, characters. */
const MAX_ROOM_NAME = 120;

/** Texts whose `max`th UTF-16 unit is inside a character. */
const across = (max: number) =>
  WIDE.flatMap((wide) =>
    Array.from({ length: wide.length - 1 }, (_, units) => "x".repeat(max - units - 1) + wide.repeat(3))
  );

testOnStores("a text is truncated between characters", async ({ store }, t) => {
  await ensureDefaultTenant(store.db, Date.now());
  await using provider = await startTestProvider({ email_verified: true });
  await using edge = await startTestEdge({
    store,
    env: {
      PUBLIC_URL: "http://meet.example.org",
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.clientId,
      OIDC_CLIENT_SECRET: provider.clientSecret,
    },
  });
  const person = await signIn(store.db, edge.origin, DEFAULT_TENANT, { role: "admin" });
  const time = {
    start: "2031-03-04T10:00",
    timeZone: "Europe/Berlin",
    durationMinutes: 60,
    recurrence: null,
  };
  const isBeginning = (cut: string, whole: string) => {
    assert.ok(cut.isWellFormed(), cut);
    assert.ok(whole.normalize("NFC").startsWith(cut.normalize("NFC")), cut);
    const seen = [...new Intl.Segmenter().segment(whole)].map(({ segment }) => segment);
    assert.equal(
      [...new Intl.Segmenter().segment(cut)].at(-1)?.segment,
      seen[[...new Intl.Segmenter().segment(cut)].length - 1],
    );
  };

  await t.step("a meeting's title that is too long for its room's name", async () => {
    for (const title of across(MAX_ROOM_NAME)) {
      const made = await person.get<Meeting>("POST", "/v1/meetings", { title, time });
      assert.equal(made.title, title);
      const { name } = await person.get<{ name: string }>("GET", `/v1/rooms/${made.room}`);
      isBeginning(name, title);
      assert.ok(name.length <= MAX_ROOM_NAME && name.length > MAX_ROOM_NAME - 16);
      const any = { "if-match": "*" };
      await person.get("PATCH", `/v1/meetings/${made.id}`, { title: `a${title.slice(1)}` }, any);
    }
  });

  await t.step("[U29] names and groups from an identity provider", async () => {
    for (const [n, name] of across(MAX_NAME).entries()) {
      const group = "g".repeat(99 - n % 2) + WIDE[n % WIDE.length]!.repeat(4);
      provider.idToken = { claims: { sub: `sub-${n}`, email: `p${n}@example.org`, name, groups: [group] } };
      const begun = await ask(`${edge.origin}/v1/auth/oidc/oidc`);
      const sent = await fetch(begun.headers.location!, { redirect: "manual" });
      await sent.body?.cancel();
      const back = new URL(sent.headers.get("location")!);
      const ended = await ask(`${edge.origin}${back.pathname}${back.search}`, {
        headers: { cookie: cookiesOf(begun), "user-agent": `${"é".repeat(511)} Firefox/128` },
      });
      const account = await ask(`${edge.origin}/v1/account`, { headers: { cookie: cookiesOf(ended) } });
      assert.equal(account.status, 200, `${ended.headers.location}: ${account.text}`);
      isBeginning(JSON.parse(account.text).name, name);
    }
    const { items } = await person.get<{ items: { name: string }[] }>("GET", "/v1/groups");
    assert.ok(items.length > 0 && items.every(({ name }) => name.isWellFormed() && !/\u200d$/.test(name)));
  });

  await t.step("[A4] the name of an unknown field", async () => {
    for (const field of across(100)) {
      const response = await person.ask("POST", "/v1/rooms", { [field]: 1 });
      assert.equal(response.status, 422);
      const { fields = [] }: Problem = await response.json();
      isBeginning(fields[0]!.name.replace(/…$/, ""), field);
    }
  });

  await t.step(
    "[A4] a text that is too long, or has half a character, is refused with a description",
    async () => {
      const { room } = await person.get<{ room: string }>("POST", "/v1/rooms", {});
      const texts: [string, string, (text: string) => unknown, number][] = [
        ["POST", "/v1/rooms", (name) => ({ name }), MAX_ROOM_NAME],
        ["POST", "/v1/meetings", (title) => ({ title, time }), 200],
        ["POST", "/v1/meetings", (description) => ({ title: "Rat", description, time }), 4_000],
        ["POST", "/v1/groups", (name) => ({ name }), 100],
        ["POST", "/v1/keys", (name) => ({ name, scopes: [SCOPES[0]] }), 100],
        ["POST", `/v1/rooms/${room}/links`, (label) => ({ role: "participant", label }), 100],
        ["POST", "/v1/people", (name) => ({ name, email: `${crypto.randomUUID()}@example.org` }), MAX_NAME],
        ["PATCH", "/v1/tenant", (name) => ({ name }), 120],
      ];
      for (const [method, path, bodyOf, about] of texts) {
        // Each with limits of their own.
        const admin = await signIn(store.db, edge.origin, DEFAULT_TENANT, { role: "admin" });
        for (
          const text of [
            ...across(about).filter((_, n) => n % 4 === 0),
            ...across(about + 1).filter((_, n) => n % 4 === 1),
            "\ud83d",
            "x\ude00y",
            `${"x".repeat(about - 1)}\ud83d`,
          ]
        ) {
          const body = JSON.stringify(bodyOf(text));
          const response = await admin.ask(method, path, body, { "if-match": "*" });
          await response.body?.cancel();
          const isWhole = text.isWellFormed();
          assert.ok(
            response.status < (isWhole ? 400 : 0) || response.status === 422,
            `${path} ${response.status}: ${text}`,
          );
        }
      }
    },
  );
  assert.deepEqual(edge.complaints, []);
});
