import assert from "node:assert/strict";
import { line, pageOf, type Problem, type Scope } from "@tafelrunde/protocol/http";
import { Hono } from "hono";
import * as v from "valibot";
import { readConfig } from "../config.ts";
import { DomainError } from "../errors.ts";
import { makeTestIdentityContext } from "../context_for_tests.ts";
import { LIMITS } from "../limit_table.ts";
import { API_KEY_PREFIX, newSecret } from "../identity/secret.ts";
import { makeTestKey } from "../store/api_key_for_tests.ts";
import { denoRuntime } from "../runtime/serve_deno.ts";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "../store/tenant.ts";
import { withCaller } from "./caller.ts";
import { pagedBy, pageFrom } from "./paging.ts";
import { problemResponse } from "./problem.ts";
import { route } from "../route.ts";
import { serveRoutes } from "./serve_route.ts";

const CLUSTER_KEY = "a cluster key for tests and nothing else";

/** An API with a single note, and a record of its requests. */
async function serveNotes(db: Db) {
  const config = readConfig((name) => name === "CLUSTER_KEY" ? CLUSTER_KEY : undefined);
  const note = { text: "first", version: 1 };
  const done: string[] = [];
  let finish = (): void => {};
  const gate = new Promise<void>((resolve) => finish = resolve);
  const Note = v.object({ text: v.string(), version: v.number() });
  const place = { tag: "service", summary: "A note", scope: "rooms:write" } as const;
  const routes = [
    route({
      ...place,
      method: "GET",
      path: "/v1/note",
      access: "member",
      answer: Note,
      etag: (n) => n.version,
    }, () => note),
    route({
      ...place,
      method: "PATCH",
      path: "/v1/note",
      access: "member",
      ifMatch: true,
      body: v.strictObject({ text: line(20, 1), more: v.optional(v.strictObject({ n: v.number() })) }),
      answer: Note,
      etag: (n) => n.version,
    }, ({ body, version }) => {
      if (version !== undefined && version !== note.version) throw new DomainError("version.outdated");
      return Object.assign(note, { text: body.text, version: note.version + 1 });
    }),
    route({
      ...place,
      method: "POST",
      path: "/v1/notes",
      access: "anyone",
      body: v.strictObject({ text: line(20), wait: v.optional(v.boolean()), fail: v.optional(v.boolean()) }),
      answer: v.object({ text: v.string(), n: v.number() }),
      status: 201,
      location: ({ n }) => `/v1/notes/${n}`,
    }, async ({ body }) => {
      if (body.fail && done.push("failed") === 1) throw new Error("a fault of ours");
      if (body.wait) await gate;
      done.push(body.text);
      return { text: body.text, n: done.length };
    }),
    route({
      ...place,
      method: "GET",
      path: "/v1/numbers",
      access: "open",
      query: pagedBy(v.number()),
      answer: pageOf(v.number()),
    }, ({ query: { limit, cursor = 0 } }) => {
      const rows = Array.from({ length: 250 }, (_, index) => index + 1).filter((n) => n > cursor).slice(
        0,
        limit + 1,
      );
      return pageFrom(rows, limit, (n) => n, (n) => n);
    }),
    route({ ...place, method: "DELETE", path: "/v1/operators", access: "operator" }, () => undefined),
  ];
  const app = new Hono();
  const context = await makeTestIdentityContext(db, { config });
  app.use(withCaller(context));
  serveRoutes(app, routes, { ...context, runtime: { ...denoRuntime(), peerAddress: () => "192.0.2.1" } });
  app.onError((error, c) => problemResponse(c, error));
  return { app, done, finish, limits: context.limits };
}

testOnStores("a declared route", async ({ store: { db } }, t) => {
  await ensureDefaultTenant(db, Date.now());
  const keyWith = async (scope: Scope) => (await makeTestKey(db, DEFAULT_TENANT, [scope], Date.now())).key;
  const { key, id: keyId } = await makeTestKey(db, DEFAULT_TENANT, ["rooms:write"], Date.now());
  const { app, done, finish, limits } = await serveNotes(db);
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
      ...body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) },
    });
  const problem = async (response: Response | Promise<Response>) => {
    const { status, code, fields = [] }: Problem = await (await response).json();
    return [status, code, ...fields.map((field) => `${field.in} ${field.name} ${field.reason}`)];
  };

  await t.step(
    "[A9] without a session or a key it is 401, without the scope 403, with a wrong method 405",
    async () => {
      assert.deepEqual(await problem(ask("GET", "/v1/note", undefined, { authorization: "" })), [
        401,
        "signIn.needed",
      ]);
      const other = { authorization: `Bearer ${await keyWith("people:read")}` };
      assert.deepEqual(await problem(ask("GET", "/v1/note", undefined, other)), [403, "key.scopeMissing"]);
      const forged = { authorization: `Bearer ${API_KEY_PREFIX}${newSecret()}` };
      assert.deepEqual(await problem(ask("GET", "/v1/note", undefined, forged)), [401, "key.unknown"]);
      assert.deepEqual(
        await problem(ask("DELETE", "/v1/operators")),
        [403, "key.notAllowed"],
      );
      const wrong = await ask("PUT", "/v1/note");
      assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "GET, PATCH"]);
    },
  );

  await t.step("[A4] a problem lists every invalid field", async () => {
    const any = { "if-match": "*" };
    assert.deepEqual(await problem(ask("PATCH", "/v1/note", { text: "", more: { n: "1" }, owner: 1 }, any)), [
      422,
      "request.invalid",
      "body text tooShort",
      "body more.n number",
      "body owner unknown",
    ]);
    assert.deepEqual(await problem(ask("PATCH", "/v1/note", {}, any)), [
      422,
      "request.invalid",
      "body text missing",
    ]);
    assert.deepEqual(await problem(ask("PATCH", "/v1/note", { text: "a\0b" }, any)), [
      422,
      "request.invalid",
      "body text form",
    ]);
    assert.deepEqual(await problem(ask("PATCH", "/v1/note", "{", any)), [
      400,
      "request.notJson",
      "body  json",
    ]);
    assert.deepEqual(await problem(ask("PATCH", "/v1/note", "[".repeat(30_000), any)), [
      422,
      "request.invalid",
      "body  tooDeep",
    ]);
    assert.deepEqual(
      await problem(ask("PATCH", "/v1/note", "text=1", { ...any, "content-type": "text/plain" })),
      [
        415,
        "request.contentType",
        "header content-type contentType",
      ],
    );
    assert.deepEqual(await problem(ask("GET", "/v1/numbers?limit=101&x=1")), [
      422,
      "request.invalid",
      "query limit tooLarge",
      "query x unknown",
    ]);
    assert.deepEqual(await problem(ask("GET", "/v1/numbers?limit=1&limit=2")), [
      422,
      "request.invalid",
      "query limit repeated",
    ]);
  });

  await t.step("[A10] a change needs the version that it is meant for", async () => {
    const read = await ask("GET", "/v1/note");
    const etag = read.headers.get("etag")!;
    assert.equal(etag, '"1"');
    assert.equal((await ask("GET", "/v1/note", undefined, { "if-none-match": etag })).status, 304);
    assert.deepEqual(await problem(ask("PATCH", "/v1/note", { text: "x" })), [
      428,
      "precondition.missing",
      "header if-match missing",
    ]);
    assert.deepEqual(await problem(ask("PATCH", "/v1/note", { text: "x" }, { "if-match": '"x"' })), [
      422,
      "request.invalid",
      "header if-match etag",
    ]);
    const changed = await ask("PATCH", "/v1/note", { text: "second" }, { "if-match": etag });
    assert.deepEqual([changed.status, changed.headers.get("etag")], [200, '"2"']);
    assert.deepEqual(await problem(ask("PATCH", "/v1/note", { text: "third" }, { "if-match": etag })), [
      412,
      "version.outdated",
    ]);
  });

  await t.step("[A11] a repeated Idempotency-Key has no second effect and the same response", async () => {
    const once = { "idempotency-key": "key-0001" };
    const first = await ask("POST", "/v1/notes", { text: "a secret" }, once);
    const again = await ask("POST", "/v1/notes", { text: "a secret" }, once);
    assert.deepEqual(
      [again.status, again.headers.get("location"), await again.text()],
      [201, first.headers.get("location"), await first.text()],
    );
    assert.deepEqual(done, ["a secret"]);
    const rows = await db.selectFrom("idempotency").selectAll().execute();
    assert.ok(!JSON.stringify(rows).includes("a secret"), "answers are sealed");
    assert.deepEqual(await problem(ask("POST", "/v1/notes", { text: "another" }, once)), [
      422,
      "idempotency.otherRequest",
      "header idempotency-key reused",
    ]);
    const elsewhere = { ...once, authorization: `Bearer ${await keyWith("rooms:write")}` };
    assert.equal((await ask("POST", "/v1/notes", { text: "mine" }, elsewhere)).status, 201);
    assert.deepEqual(await problem(ask("POST", "/v1/notes", { text: "x" }, { ...once, authorization: "" })), [
      422,
      "request.invalid",
      "header idempotency-key signIn.needed",
    ]);
  });

  await t.step(
    "[A11] while the first request is in progress, a repeat gets 409; a failed one can be retried",
    async () => {
      done.length = 0;
      const once = { "idempotency-key": "key-0002" };
      const slow = ask("POST", "/v1/notes", { text: "slow", wait: true }, once);
      const begun = async () =>
        (await db.selectFrom("idempotency").selectAll().where("key", "=", "key-0002").execute()).length;
      while (await begun() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      assert.deepEqual(await problem(ask("POST", "/v1/notes", { text: "slow", wait: true }, once)), [
        409,
        "idempotency.underWay",
      ]);
      finish();
      assert.equal((await slow).status, 201);
      assert.deepEqual(done, ["slow"]);
      done.length = 0;
      const tried = { "idempotency-key": "key-0003" };
      assert.deepEqual(await problem(ask("POST", "/v1/notes", { text: "x", fail: true }, tried)), [
        500,
        "internal",
      ]);
      assert.equal((await ask("POST", "/v1/notes", { text: "x", fail: true }, tried)).status, 201);
    },
  );

  await t.step(
    "[A11] a client with too many stored responses gets no new ones, but still those it has",
    async () => {
      const takenOf = async (points: number) =>
        LIMITS["stored.answer"].points -
        (await limits.draw("stored.answer", `key:${keyId}`, points)).remaining;
      const before = await takenOf(0);
      const text = "x".repeat(20);
      assert.equal((await ask("POST", "/v1/notes", { text }, { "idempotency-key": "key-0004" })).status, 201);
      assert.ok(await takenOf(0) - before > 100, "an answer and its row");
      await takenOf(LIMITS["stored.answer"].points);
      const count = done.length;
      const refused = await ask("POST", "/v1/notes", { text }, { "idempotency-key": "key-0005" });
      assert.ok(Number(refused.headers.get("retry-after")) > 0);
      assert.deepEqual([await problem(refused), done.length], [[429, "person.tooFrequent"], count]);
      assert.equal((await ask("POST", "/v1/notes", { text }, { "idempotency-key": "key-0004" })).status, 201);
      assert.equal(done.length, count);
      assert.equal((await ask("POST", "/v1/notes", { text })).status, 201);
    },
  );

  await t.step("[A12] a list comes in pages, and its cursors are validated like any input", async () => {
    const seen: number[] = [];
    let cursor = "";
    do {
      const { items, next } = await (await ask("GET", `/v1/numbers?limit=100${cursor}`)).json();
      seen.push(...items);
      cursor = next === null ? "" : `&cursor=${next}`;
    } while (cursor !== "");
    assert.deepEqual([seen.length, new Set(seen).size, seen.at(-1)], [250, 250, 250]);
    assert.equal((await (await ask("GET", "/v1/numbers")).json()).items.length, 20);
    for (const forged of ["x", "%00", btoa('"a"').replaceAll("=", ""), "a".repeat(601)]) {
      const [status, code, field = ""] = await problem(ask("GET", `/v1/numbers?cursor=${forged}`));
      assert.deepEqual([status, code], [422, "request.invalid"]);
      assert.match(String(field), /^query cursor (?:cursor|form|tooLong)$/);
    }
  });

  await t.step("[A13] every response has the number of remaining requests", async () => {
    const { headers } = await ask("GET", "/v1/note");
    assert.equal(headers.get("ratelimit-policy"), '"api.caller";q=1200;w=60');
    assert.match(headers.get("ratelimit")!, /^"api.caller";r=1\d{3};t=\d+$/);
    const failed = await ask("GET", "/v1/numbers?limit=0");
    assert.match(failed.headers.get("ratelimit")!, /^"api.address";r=\d+;t=\d+$/);
  });
});
