import type { EdgeContext } from "../context.ts";
import assert from "node:assert/strict";
import * as everything from "@tafelrunde/protocol";
import * as http from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { makeTestIdentityContext } from "../context_for_tests.ts";
import { denoRuntime } from "../runtime/serve_deno.ts";
import type { Db } from "../store/schema.ts";
import { apiRoutes } from "./app.ts";
import { OWN_CHECKS, parseInput, REASON_OF } from "./input.ts";
import { ProblemError } from "./problem.ts";

/** A part of a schema: the properties of valibot's schemas and actions that this test reads. */
interface Part {
  readonly kind: "schema" | "validation" | "transformation" | "metadata";
  readonly type: string;
  readonly message?: unknown;
}

/** Types of schemas that report no issue themselves. */
const SILENT = [
  "any",
  "unknown",
  "optional",
  "nullable",
  "nullish",
  "lazy",
  "exact_optional",
  "undefinedable",
];

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && "kind" in value && "type" in value;
}

/** The part and all parts in it. */
function* partsOf(part: Part, seen = new Set<Part>()): Generator<Part> {
  if (seen.has(part)) return;
  seen.add(part);
  yield part;
  for (const value of Object.values(part)) {
    const inner = isPart(value)
      ? [value]
      : typeof value === "object" && value !== null
      ? Object.values(value)
      : [];
    for (const one of inner) if (isPart(one)) yield* partsOf(one, seen);
  }
}

async function allSchemas(): Promise<Map<string, Part>> {
  const context = await makeTestIdentityContext({} as Db);
  using _hasher = context.hasher;
  const routes = apiRoutes({ ...context, runtime: denoRuntime(), fleet: {} } as EdgeContext);
  const schemas = new Map<string, Part>();
  const add = (name: string, schema: unknown) => {
    if (isPart(schema)) schemas.set(name, schema);
  };
  for (const { declaration: { method, path, body, params = {}, query = {} } } of routes) {
    add(`${method} ${path} body`, body);
    for (const [name, schema] of Object.entries({ ...params, ...query })) {
      add(`${method} ${path} ${name}`, schema);
    }
  }
  for (const [name, schema] of Object.entries({ ...everything, ...http })) add(name, schema);
  return schemas;
}

Deno.test("[A4] every issue that a schema can report has our own reason code", async () => {
  const schemas = await allSchemas();
  assert.ok(schemas.size > 200, `${schemas.size} schemas`);
  const wordless = new Set<string>();
  for (const [name, schema] of schemas) {
    for (const { kind, type, message } of partsOf(schema)) {
      const finds = kind === "validation" || type === "raw_transform" ||
        kind === "schema" && !SILENT.includes(type) && type !== "strict_object";
      if (!finds) continue;
      // The message of raw_transform is not a property of it: the walk below triggers it.
      if (OWN_CHECKS.includes(type)) {
        const hasWord = type === "raw_transform" || http.REASONS.some((reason) => reason === message);
        if (!hasWord) wordless.add(`${name}: ${type} ${message}`);
      } else if (REASON_OF[type] === undefined) wordless.add(`${name}: ${type}`);
    }
  }
  assert.deepEqual([...wordless], []);
});

Deno.test("[A4] any value sent to any schema gets documented reason codes only", async () => {
  const values = [
    ...[
      null,
      true,
      0,
      -1,
      1.5,
      2 ** 60,
      "",
      " ",
      "x",
      "x".repeat(5_000),
      "\0",
      "x@",
      "2030-02-31T25:00",
      "e30",
    ],
    ...[[], [1], {}, { surplus: 1 }, [[[]]], { lists: [null] }],
  ];
  const said = new Set<string>();
  for (const [name, schema] of await allSchemas()) {
    const valibotSchema = schema as unknown as v.GenericSchema;
    if (schema.kind !== "schema" || (valibotSchema as { async?: boolean }).async) continue;
    const fields = schema.type.endsWith("object") && "entries" in schema
      ? Object.keys((schema as unknown as { entries: object }).entries)
      : [];
    const bodies = values.flatMap((value) => [
      value,
      Object.fromEntries(fields.map((field) => [field, value])),
    ]);
    for (const value of bodies) {
      try {
        parseInput(valibotSchema, value, "body");
      } catch (error) {
        assert.ok(error instanceof ProblemError, `${name}: ${error}`);
        for (const { reason } of error.fields) {
          said.add(reason);
          assert.ok(http.REASONS.includes(reason), `${name}: ${reason}`);
          assert.notEqual(
            reason,
            "invalid",
            `${name} has no word for ${JSON.stringify(value)?.slice(0, 80)}`,
          );
        }
      }
    }
  }
  assert.ok(said.size >= 15, [...said].join(" "));
});

Deno.test("[A4] every schema checks the length of a list before it parses an item", async () => {
  let lists = 0;
  for (const [name, schema] of await allSchemas()) {
    const parts = [...partsOf(schema)] as (Part & { pipe?: readonly (Part & { requirement?: unknown })[] })[];
    const firsts = new Set<Part>(parts.flatMap(({ pipe }) => pipe?.slice(0, 1) ?? []));
    for (const part of parts) {
      if (part.kind !== "schema" || part.type !== "array" || firsts.has(part)) continue;
      const max = part.pipe?.find(({ type }) => type === "max_length")?.requirement;
      if (typeof max !== "number") {
        assert.ok(!name.endsWith(" body"), `${name} has a list without end`);
        continue;
      }
      lists++;
      let read = 0;
      const long = new Proxy(Array.from({ length: max + 1 }, () => ({})), {
        get(target, key) {
          if (typeof key === "string" && /^\d+$/.test(key)) read++;
          return Reflect.get(target, key);
        },
      });
      const { success, issues } = v.safeParse(part as unknown as v.GenericSchema, long);
      assert.deepEqual([success, issues?.map(({ type }) => type)], [false, ["max_length"]], name);
      assert.equal(read, 0, name);
    }
  }
  assert.ok(lists > 10, `${lists} lists`);
});
