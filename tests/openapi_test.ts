import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv";
import addFormats from "ajv-formats";
import type { JsonSchema, OpenApi } from "../edge/http/openapi.ts";
import { openEmptyPostgres } from "../edge/store/store_for_tests.ts";
import { readWords, WORDS_FILE } from "../tools/describe/doc_comments.ts";
import { ROOT } from "../tools/places.ts";
import { lintApi } from "./api_lint.ts";
import { startTestEdge } from "./edge_rig.ts";

/** A schema and its location. */
interface Placed {
  readonly at: string;
  readonly schema: JsonSchema;
}

/** The schema and all nested ones. */
function* schemasIn({ at, schema }: Placed): Generator<Placed> {
  yield { at, schema };
  const inside: [string, unknown][] = [
    ...Object.entries(schema.properties ?? {}),
    ["items", schema.items],
    ...(schema.anyOf ?? []).map((one, index): [string, unknown] => [`anyOf.${index}`, one]),
  ];
  for (const [name, one] of inside) {
    if (typeof one === "object" && one !== null) {
      yield* schemasIn({ at: `${at}.${name}`, schema: one as JsonSchema });
    }
  }
}

function operationsOf(api: OpenApi) {
  return Object.values(api.paths).flatMap((methods) => Object.values(methods));
}

function* allSchemas(api: OpenApi): Generator<Placed> {
  for (const [name, schema] of Object.entries(api.components.schemas)) yield* schemasIn({ at: name, schema });
  for (const { operationId, parameters } of operationsOf(api)) {
    for (const { name, schema } of parameters) yield* schemasIn({ at: `${operationId}.${name}`, schema });
  }
}

Deno.test("the API description", async (t) => {
  await using store = await openEmptyPostgres();
  await using edge = await startTestEdge({ store, env: { TRUSTED_PROXIES: "1" } });
  const response = await fetch(`${edge.origin}/v1/openapi.json`);
  const api: OpenApi = await response.json();

  await t.step("[A14] is a valid OpenAPI 3.1 document", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone({ ...api }));
    assert.ok(valid, JSON.stringify(errors, null, 2));
    assert.equal(validator.version, "3.1");
    assert.ok(validator.resolveRefs(), "every reference has its target");
  });

  await t.step("[A14] redocly's recommended rules find nothing in it", async () => {
    assert.deepEqual(await lintApi(api), []);
  });

  await t.step("[A14] names each route once and readably, and every schema that it references exists", () => {
    const ids = operationsOf(api).map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(ids.filter((id) => !/^[a-z]+(?:_[a-z]+)+$/.test(id)), []);
    assert.ok(ids.includes("meetings_create") && ids.includes("rooms_links_list"));
    const text = JSON.stringify(api);
    for (const [, kind = "", name = ""] of text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)) {
      assert.ok(Object.hasOwn(api.components[kind as "schemas"], name), name);
    }
    assert.ok(!text.includes("$defs"));
  });

  await t.step("[A31] describes each schema, field, parameter and operation", () => {
    const isProblem = (at: string) => /^Problem[A-Z0-9]/.test(at);
    const silent = [...allSchemas(api)].filter(({ at, schema }) => {
      const isField = !/\.(?:items|anyOf\.\d+)$/.test(at) && !isProblem(at) &&
        api.components.schemas[at] === schema;
      return isField && schema.description === undefined;
    });
    assert.deepEqual(silent.map(({ at }) => at), []);
    const fields = [...allSchemas(api)].flatMap(({ at, schema }) =>
      Object.entries(schema.properties ?? {}).filter(([, field]) =>
        typeof field === "object" && field.description === undefined
      ).map(([name]) => `${at}.${name}`)
    );
    assert.deepEqual(fields, []);
    for (const { operationId, description, summary, parameters } of operationsOf(api)) {
      assert.ok(description !== "" && summary !== "", operationId);
      for (const parameter of parameters) {
        assert.notEqual(parameter.description, "", `${operationId} ${parameter.name}`);
      }
    }
  });

  await t.step(
    "[A31] its texts are the doc comments of protocol/: deno run -A tools/describe_api.ts",
    async () => {
      assert.deepEqual(JSON.parse(await Deno.readTextFile(`${ROOT}/${WORDS_FILE}`)), readWords());
    },
  );

  await t.step("[A31] has an example of each body and of each path parameter", () => {
    for (const { operationId, requestBody, parameters } of operationsOf(api)) {
      for (const [type, { example }] of Object.entries(requestBody?.content ?? {})) {
        assert.notEqual(example, undefined, `${operationId} ${type}`);
      }
      for (const { name, in: place, example } of parameters) {
        if (place === "path") assert.notEqual(example, undefined, `${operationId} ${name}`);
      }
    }
  });

  await t.step(
    "[A31] has an example of each JSON response that fits its schema: deno run -A tools/describe_answers.ts",
    () => {
      const ajv = addFormats.default(new Ajv2020({ strict: false }));
      ajv.addSchema({ $id: "api", components: api.components });
      for (const { operationId, responses } of operationsOf(api)) {
        for (const [status, { content }] of Object.entries(responses)) {
          const answer = content?.["application/json"];
          if (answer === undefined) continue;
          const schema = JSON.parse(JSON.stringify(answer.schema).replaceAll('"#/', '"api#/'));
          assert.ok(answer.example !== undefined, `${operationId} ${status}`);
          assert.ok(ajv.validate(schema, answer.example), `${operationId} ${status}: ${ajv.errorsText()}`);
        }
      }
    },
  );

  await t.step(
    "[A31] has parameter types that generators know: no reference has a default beside it",
    () => {
      const parameters = operationsOf(api).flatMap(({ parameters }) => parameters);
      const bad = parameters.filter(({ schema }) =>
        schema.$ref === undefined ? schema.type === undefined : Object.keys(schema).length > 1
      );
      assert.deepEqual(bad, []);
      const defaults = parameters.filter(({ schema }) => schema.default !== undefined);
      assert.deepEqual(
        [...new Set(defaults.map(({ name, schema }) => `${name} ${schema.type} ${schema.default}`))].sort(),
        ["limit integer 20", "list string soon", "notify boolean true"],
      );
    },
  );

  await t.step(
    "[A31] its patterns mean the same in ECMAScript, Python, Go and Java, and its defaults fit",
    () => {
      for (const { at, schema: { $ref, pattern, type: own, default: fallback } } of allSchemas(api)) {
        const type = own ?? api.components.schemas[$ref?.split("/").at(-1) ?? ""]?.type;
        if (pattern !== undefined) {
          assert.doesNotMatch(pattern, /\\[pPuUkA-Z]|\(\?[^:]|\\x\{/, at);
          new RegExp(pattern, "u");
          new RegExp(pattern);
        }
        if (fallback === undefined || type === undefined || fallback === null) continue;
        const is = Number.isInteger(fallback)
          ? "integer"
          : Array.isArray(fallback)
          ? "array"
          : typeof fallback;
        assert.equal(is, type, `${at}: default ${JSON.stringify(fallback)}`);
      }
    },
  );

  await t.step(
    "[A31] lists the codes of each problem, and when to retry after a temporary one",
    () => {
      const codes = new Set<string>();
      for (const { operationId, responses } of operationsOf(api)) {
        for (const [status, { content, headers }] of Object.entries(responses)) {
          if (!/^[45]\d\d$/.test(status)) continue;
          const reference = content?.["application/problem+json"]?.schema.$ref;
          if (reference === undefined) continue;
          const { properties } = api.components.schemas[reference.split("/").at(-1)!]!;
          const { enum: values = [] } = properties!["code"] as JsonSchema;
          assert.ok(values.length > 0, `${operationId} ${status}`);
          for (const value of values) codes.add(String(value));
          const isForNow = values.some((code) => String(code).endsWith(".tooFrequent"));
          assert.ok(!isForNow || headers?.["Retry-After"] !== undefined, `${operationId} ${status}`);
        }
      }
      assert.ok(codes.size > 60, `${codes.size} codes`);
    },
  );

  await t.step("[A31] names the address and the cookie as they are where it is requested", async () => {
    const { servers, components: { securitySchemes } } = api;
    assert.deepEqual(servers.map(({ url }) => url), [edge.origin]);
    assert.equal(securitySchemes["session"]!["name"], "tafelrunde-session");
    const secure = await fetch(`${edge.origin}/v1/openapi.json`, {
      headers: { "x-forwarded-proto": "https" },
    });
    const there: OpenApi = await secure.json();
    assert.deepEqual(there.servers.map(({ url }) => url), [edge.origin.replace("http:", "https:")]);
    assert.equal(there.components.securitySchemes["session"]!["name"], "__Host-tafelrunde-session");
    assert.deepEqual(api.paths["/v1/rooms/{room}/lobby"]!["get"]!.security, [{ link: [] }]);
    const { security, "x-scope": scope } = api.paths["/v1/meetings"]!["post"]!;
    assert.deepEqual([security, scope], [[{ session: [] }, { key: [] }], "meetings:write"]);
  });

  await t.step("[A15] the page has every route, no script, and no external content", async () => {
    const page = await fetch(`${edge.origin}/v1/docs`);
    assert.equal(page.headers.get("content-type"), "text/html; charset=UTF-8");
    const html = await page.text();
    for (const methods of Object.values(api.paths)) {
      for (const { operationId } of Object.values(methods)) {
        assert.ok(html.includes(`id="${operationId}"`), operationId);
      }
    }
    assert.doesNotMatch(html, /<script|style=|(?:src|href)="(?:https?:)?\/\//);
    const style = await fetch(`${edge.origin}/v1/docs.css`);
    assert.deepEqual([style.status, style.headers.get("content-type")], [200, "text/css; charset=UTF-8"]);
    await style.body?.cancel();
  });
});
