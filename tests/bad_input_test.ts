import assert from "node:assert/strict";
import type { Problem } from "@tafelrunde/protocol/http";
import { countRows, testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { InputGenerator } from "./bad_input.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, type RestClient, signIn } from "./rest_client.ts";

/** Sends a request, and checks what applies to every refusal; returns its fields. */
async function refused(
  client: RestClient,
  method: string,
  path: string,
  what: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Problem> {
  const response = await client.ask(method, path, body, { "if-match": "*", ...headers });
  const text = await response.text();
  const message = `${method} ${path.slice(0, 120)}, ${what}: ${response.status} ${text.slice(0, 300)}`;
  assert.ok(response.status >= 400 && response.status < 500, message);
  assert.equal(response.headers.get("content-type"), "application/problem+json", message);
  assert.doesNotMatch(
    text,
    /\.ts\b|node_modules|\bat .*:\d+:\d+|syntax error|constraint|pglite|kysely/i,
    message,
  );
  const problem: Problem = JSON.parse(text);
  assert.equal(problem.status, response.status, message);
  return problem;
}

testOnStores(
  "[A4] bad input to every route is a 4xx problem that names the field, and nothing is stored",
  async ({ store }, t) => {
    const { db } = store;
    // Every request counts: rate limits per address and account are raised here.
    await using edge = await startTestEdge({ store, env: { TRUSTED_PROXIES: "1" } });
    const tenant = await makeTenant(db, "house");
    const elsewhere = await makeTenant(db, "elsewhere");
    const admins = await Promise.all(
      Array.from(
        { length: 12 },
        () => signIn(db, edge.origin, DEFAULT_TENANT, { role: "admin", isOperator: true }),
      ),
    );
    const stranger = await signIn(db, edge.origin, elsewhere, { role: "admin" });
    const room = (await stranger.get<{ room: string }>("POST", "/v1/rooms", {})).room;
    assert.notEqual(tenant, elsewhere);
    const generator = new InputGenerator(await admins[0]!.get("GET", "/v1/openapi.json"));
    const foreign: Record<string, string> = { room, account: stranger.account };
    const before = await countRows(db);
    let sent = 0;
    // Rate limits are per account and address: the requests are spread over several.
    const next = () => admins[sent % admins.length]!;
    const address = () => ({ "x-forwarded-for": `192.0.2.${sent++ % 250}` });

    for (const { method, path, operation } of generator.operations()) {
      const parameters = operation.parameters.filter((parameter) => parameter.in === "path");
      const filled = (values: Record<string, string>) =>
        path.replace(
          /\{(\w+)\}/g,
          (_, name) =>
            encodeURIComponent(
              values[name] ?? String(generator.good(parameters.find((one) => one.name === name)!.schema)),
            ),
        );
      await t.step(`${method} ${path}`, async () => {
        const body = operation.requestBody?.content["application/json"]?.schema;
        const good = body && generator.good(body);
        for (const { name, schema } of parameters) {
          for (const { what, value } of generator.badTexts(schema)) {
            // An empty or relative segment is a different path.
            if (value.trim() === "") continue;
            const problem = await refused(next(), method, filled({ [name]: value }), what, good, address());
            if (problem.code !== "route.unknown") {
              assert.deepEqual(
                [problem.status, problem.fields?.[0]?.name],
                [404, name],
                `${what}: ${JSON.stringify(problem)}`,
              );
            }
          }
          const theirs = foreign[name];
          if (theirs !== undefined && operation.security.length > 0) {
            const problem = await refused(
              next(),
              method,
              filled({ [name]: theirs }),
              "another tenant's id",
              good,
              address(),
            );
            assert.ok([403, 404, 422].includes(problem.status), JSON.stringify(problem));
          }
        }
        for (const { name, schema } of operation.parameters.filter((parameter) => parameter.in === "query")) {
          for (const { what, value } of generator.badTexts(schema)) {
            const query = `?${new URLSearchParams({ [name]: value })}`;
            const problem = await refused(next(), method, filled({}) + query, what, good, address());
            if (problem.status === 422) {
              assert.equal(problem.fields?.[0]?.name, name, `${what}: ${JSON.stringify(problem)}`);
            } else assert.equal(problem.status, 404);
          }
        }
        if (body === undefined) return;
        const at = filled({});
        for (const { what, value, field } of generator.badBodies(body)) {
          const problem = await refused(next(), method, at, what, JSON.stringify(value), address());
          // An unknown person is reported as unknown whatever the body contains; a body is validated first.
          assert.ok([413, 422].includes(problem.status), `${what}: ${JSON.stringify(problem)}`);
          if (problem.status === 413) continue;
          const names = problem.fields?.map(({ name }) => name) ?? [];
          const short = field.length <= 100 ? field : field.slice(0, 100);
          assert.ok(
            names.some((name) => name.startsWith(short) || short.startsWith(`${name}.`)),
            `${what}: ${JSON.stringify(problem)}`,
          );
        }
        const raw: [string, string, Record<string, string>, number][] = [
          ["no JSON", "{", {}, 400],
          ["deep nesting", `{"name":${"[".repeat(30_000)}`, {}, 422],
          ["a huge body", `{"name":"${"x".repeat(70_000)}"}`, {}, 413],
          ["another content type", JSON.stringify(good), { "content-type": "text/plain" }, 415],
          [
            "another charset",
            JSON.stringify(good),
            { "content-type": "multipart/form-data; boundary=x" },
            415,
          ],
          ["a broken If-Match", JSON.stringify(good), { "if-match": "x" }, 0],
          ["a broken Idempotency-Key", JSON.stringify(good), { "idempotency-key": "x y" }, 0],
          ["__proto__", `{"__proto__":{"admin":true},"surplus":1}`, {}, 422],
        ];
        for (const [what, text, headers, status] of raw) {
          const asksFor = (name: string) =>
            operation.parameters.some((parameter) => parameter.name.toLowerCase() === name);
          const [header = ""] = Object.keys(headers);
          if (status === 0 && !asksFor(header)) continue;
          const problem = await refused(next(), method, at, what, text, { ...headers, ...address() });
          assert.equal(problem.status, status || 422, `${what}: ${JSON.stringify(problem)}`);
          assert.ok(problem.status === 413 || problem.fields?.length, `${what}: ${JSON.stringify(problem)}`);
        }
      });
    }
    await t.step(`nothing was stored by ${sent} requests, and none caused a fault of ours`, async () => {
      assert.ok(sent > 1_000, `${sent}`);
      assert.deepEqual(await countRows(db), before);
      assert.deepEqual(edge.complaints, []);
    });
  },
);
