import assert from "node:assert/strict";
import { type Scope, SCOPES } from "@tafelrunde/protocol/http";
import type { OpenApi } from "../edge/http/openapi.ts";
import { EFFECTS } from "../edge/identity/effects.ts";
import { openEmptyPostgres } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import {
  allows,
  bodiesFor,
  effectsBetween,
  hasTouched,
  isSpent,
  makeScopeWorld,
  pathsFor,
  readRights,
  type ScopeWorld,
  withoutAccount,
} from "./scope_effects.ts";

/**
 * Routes that change something and that no caller here can complete, with the reason. A new route is not
 * among them: it has to be reached.
 */
const UNREACHED: Readonly<Record<string, string>> = {
  "POST /v1/nodes": "needs the cluster key",
  "POST /v1/nodes/{node}/drain": "needs a media node",
  "DELETE /v1/tenants/{tenant}": "one's own tenant cannot be deleted",
  "POST /v1/rooms/{room}/hello": "needs a link, and asks for no right: tests/rest_rights_test.ts",
  "POST /v1/invitations/answer": "needs the secret of a mail",
  "PUT /v1/meetings/{meeting}/answer": "none of the people here is invited: tests/rest_rights_test.ts",
  "POST /v1/mails/wishes": "needs the token of a mail, and is about nothing but mails",
  "POST /v1/mails/stop/{token}": "needs the token of a mail, and is about nothing but mails",
  "PUT /v1/account/email": "needs mail: edge/http/account_email_test.ts",
  "DELETE /v1/account/password": "it is the last way to sign in",
  "POST /v1/account/passkeys": "needs an authenticator: tests/passkey_test.ts",
  "PATCH /v1/account/passkeys/{passkey}": "there is no passkey",
  "DELETE /v1/account/passkeys/{passkey}": "there is no passkey",
  "DELETE /v1/account/sessions/{session}": "there is no session of this id",
  "POST /v1/auth/password": "needs a password: edge/identity/ways_test.ts",
  "POST /v1/auth/recovery": "needs a code: edge/identity/ways_test.ts",
  "POST /v1/auth/passkey": "needs an authenticator: tests/passkey_test.ts",
  "POST /v1/auth/one-time-link": "needs a link: edge/identity/ways_test.ts",
  "POST /v1/auth/one-time-link/use": "needs a link: edge/identity/ways_test.ts",
  "POST /v1/auth/email": "needs a link: edge/identity/ways_test.ts",
  "POST /v1/auth/oidc/{provider}/logout": "needs a provider: edge/http/oidc_test.ts",
};

/** What people can cause in the tenant, by their role. */
const EVERYTHING = Object.keys(EFFECTS);
const OF_PEOPLE: Readonly<Record<string, readonly string[]>> = {
  "nobody": [],
  "foreign admin": [],
  // In meetings and rooms of their own: existing objects are not touched.
  "member": ["room.make", "meeting.change", "meeting.giveModerator"],
  "admin": EVERYTHING,
  "operator": [...EVERYTHING, "operate"],
};

Deno.test("no scope and no role grants itself or anyone a greater right, by whatever route", async (t) => {
  await using store = await openEmptyPostgres();
  const { db } = store;
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  await using edge = await startTestEdge({ store, now });
  const { origin } = edge;
  const api: OpenApi = await (await fetch(`${origin}/v1/openapi.json`)).json();
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).filter(([method]) => method !== "get")
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation }))
  );
  const reached = new Set<string>();
  /** Keys that have caused an effect, by its name: their scopes. */
  const done = new Map<string, (readonly Scope[])[]>();
  const byPeople = new Set<string>();
  let world: ScopeWorld | undefined;
  let before = {} as Awaited<ReturnType<typeof readRights>>;
  const renew = async () => {
    // Rate limits per minute are not part of this.
    aheadMs += 61_000;
    world = await makeScopeWorld(db, origin, now());
    before = await readRights(db, world.tenant);
    return world;
  };

  for (const { method, path, operation } of operations) {
    const route = `${method} ${path}`;
    await t.step(`[A29] ${route}`, async () => {
      const { schema } = operation.requestBody?.content["application/json"] ?? {};
      const first = await renew();
      const isOwnBusiness = /^\/v1\/(?:account|auth)\b/.test(path);

      for (let party = 0; party < first.parties.length; party++) {
        const cases = pathsFor(path, first.ids).flatMap((_, at) =>
          bodiesFor(api, schema, first.ids).map((_, body) => [at, body] as const)
        );
        for (const [at, index] of cases) {
          const { parties, ids, tenant } = world!;
          const { name, scopes, client } = parties[party]!;
          const there = pathsFor(path, ids)[at]!;
          const body = bodiesFor(api, schema, ids)[index];
          const response = await client.ask(method, there, body, { "if-match": "*" });
          const answer = await response.text();
          // A caller that no request admits can be slowed: those are guesses of secrets.
          const isSlowed = response.status === 429 && UNREACHED[route] === undefined;
          assert.ok(response.status < 500 && !isSlowed, `${route}: ${answer}`);
          if (!response.ok) continue;
          reached.add(route);
          const after = await readRights(db, tenant);
          const isOwn = isOwnBusiness && scopes === null;
          const seen = isOwn
            ? effectsBetween(
              withoutAccount(before, client.account),
              withoutAccount(after, client.account),
              "",
            )
            : effectsBetween(before, after, name === "foreign admin" ? "" : answer);
          const allowed = (effect: string) =>
            scopes === null ? OF_PEOPLE[name]!.includes(effect) : allows(scopes, effect);
          const surplus = [...seen].filter((effect) => !allowed(effect));
          assert.deepEqual(surplus, [], `${name} by ${method} ${there} ${JSON.stringify(body)}`);
          if (name === "member" && !isOwn) {
            assert.ok(!hasTouched(before, after), `${name} by ${method} ${there}`);
          }
          for (const effect of seen) {
            if (scopes === null) byPeople.add(effect);
            else done.set(effect, [...done.get(effect) ?? [], scopes]);
          }
          if (isSpent(before, after)) await renew();
          else before = after;
        }
      }
    });
  }

  await t.step("[A29] every route that changes something was completed, or the reason is listed", () => {
    const all = operations.map(({ method, path }) => `${method} ${path}`);
    const missing = all.filter((route) => !reached.has(route) && UNREACHED[route] === undefined);
    assert.deepEqual(missing, []);
    assert.deepEqual(
      Object.keys(UNREACHED).filter((route) => !all.includes(route) || reached.has(route)),
      [],
    );
  });

  await t.step(
    "[A29] every effect was caused by keys with exactly its scopes, or by people only",
    () => {
      const untried = Object.entries(EFFECTS).filter(([effect, needed]) => {
        if (needed === null) return !byPeople.has(effect) || done.has(effect);
        return !done.get(effect)?.some((scopes) => scopes.length < SCOPES.length - 1);
      });
      assert.deepEqual(untried, []);
    },
  );
  assert.deepEqual(edge.complaints, []);
});
