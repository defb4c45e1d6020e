import * as protocol from "@tafelrunde/protocol";
import * as http from "@tafelrunde/protocol/http";
import { type ConversionConfig, type JsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { isDeepStrictEqual } from "node:util";
import comments from "./doc_comments.json" with { type: "json" };
import { exampleOf } from "./openapi_examples.ts";

export type { JsonSchema };

/**
 * Whether a schema describes a request or a response: in a response, fields with a default are always
 * present.
 */
export type Mode = "input" | "output";

/** Where named schemas are. */
export const SCHEMAS = "#/components/schemas/";

/** Suffix of a request schema's name, if the response schema of the same name differs. */
const INPUT = "Input";

/** What JSON Schema cannot express; the schema then accepts slightly more than the code. */
const UNWRITTEN = ["check", "trim", "to_lower_case", "partial_check", "raw_check", "brand", "finite"];

const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = comments;

/** Exports of protocol/: these schemas have a name in the description. */
const EXPORTED: readonly (readonly [string, unknown])[] = Object.entries({
  ...protocol,
  ...protocol.featureRest,
  ...http,
});
const NAMED: Readonly<Record<string, v.GenericSchema>> = Object.fromEntries(
  EXPORTED.flatMap(([name, value]) => isSchema(value) ? [[name, value]] : []),
);

/** The schemas of all routes. */
export interface ApiSchemas {
  /** Named schemas that are used. */
  readonly components: Readonly<Record<string, JsonSchema>>;
  /** A route's schema; a reference if it has a name. */
  of(schema: v.GenericSchema, mode: Mode): JsonSchema;
}

/** Converts all schemas that routes use, inputs and outputs, at once. */
export function convertSchemas(
  used: Readonly<Record<Mode, readonly v.GenericSchema[]>>,
): ApiSchemas {
  const converted = { input: convert(used.input, "input"), output: convert(used.output, "output") };
  const reached = {
    input: reach(converted.input, [...converted.input.unnamed.values()]),
    output: reach(converted.output, [...converted.output.unnamed.values()]),
  };
  const differing = [...reached.input].filter((name) =>
    reached.output.has(name) && isDifferent(name, converted.input.named, converted.output.named)
  );
  const rename = (schema: JsonSchema): JsonSchema => renameReferences(schema, differing);
  const components: Record<string, JsonSchema> = {};
  for (const name of reached.output) components[name] = converted.output.named[name]!;
  for (const name of reached.input) {
    components[differing.includes(name) ? `${name}${INPUT}` : name] = rename(converted.input.named[name]!);
  }
  return {
    components: Object.fromEntries(Object.entries(components).sort(([one], [other]) => one < other ? -1 : 1)),
    of(schema, mode) {
      const found = converted[mode].unnamed.get(schema);
      if (found === undefined) throw new TypeError("a schema that no route was said to use");
      return mode === "input" ? rename(found) : found;
    },
  };
}

/** Those of the schemas that `from` refers to. */
export function referredTo(
  named: Readonly<Record<string, JsonSchema>>,
  from: unknown,
): Record<string, JsonSchema> {
  const names = reach({ named }, from);
  return Object.fromEntries(Object.entries(named).filter(([name]) => names.has(name)));
}

/** The description of a named schema, or of an entry of an exported object; undefined: there is none. */
export function wordsOf(schema: v.GenericSchema): string | undefined {
  for (const [name, value] of EXPORTED) {
    if (value === schema) return WORDS[name]?.[""];
    if (typeof value !== "object" || value === null || isSchema(value)) continue;
    const entry = Object.entries(value).find(([, one]) => one === schema);
    if (entry !== undefined) return WORDS[name]?.[entry[0]];
  }
  if ("wrapped" in schema) return wordsOf(schema.wrapped as v.GenericSchema);
  if (!("pipe" in schema)) return undefined;
  const [first] = schema.pipe as readonly v.GenericSchema[];
  return first === undefined || first === schema ? undefined : wordsOf(first);
}

interface Converted {
  readonly named: Readonly<Record<string, JsonSchema>>;
  readonly unnamed: ReadonlyMap<v.GenericSchema, JsonSchema>;
}

function convert(used: readonly v.GenericSchema[], typeMode: Mode): Converted {
  const config: ConversionConfig = {
    target: "draft-2020-12",
    typeMode,
    ignoreActions: UNWRITTEN,
    // Transforms of parameters do not appear in responses.
    errorMode: typeMode === "output" ? "ignore" : "throw",
    // Drops flags: JSON Schema has none, and our patterns mean the same without.
    overrideAction: ({ valibotAction, jsonSchema }) =>
      valibotAction.type === "regex" && "requirement" in valibotAction &&
        valibotAction.requirement instanceof RegExp
        ? { ...jsonSchema, pattern: valibotAction.requirement.source }
        : undefined,
    overrideSchema: ({ valibotSchema, jsonSchema }) =>
      tidy(valibotSchema as v.GenericSchema, jsonSchema, typeMode),
    overrideRef: ({ referenceId }) => `${SCHEMAS}${referenceId}`,
  };
  // A named schema on its own becomes a bare reference, so wrap each schema that is used.
  const wrapped = Object.fromEntries(
    used.map((schema, index) => [`:${index}`, { kind: "schema", type: "optional", wrapped: schema }]),
  ) as unknown as Record<string, v.GenericSchema>;
  const definitions = toJsonSchemaDefs({ ...NAMED, ...wrapped }, config);
  const named: Record<string, JsonSchema> = {};
  for (const name of Object.keys(NAMED)) {
    const said = WORDS[name] ?? {};
    named[name] = describe(definitions[name]!, said, "", said[""]);
    const example = exampleOf(name);
    if (example !== undefined) {
      named[name] = { ...named[name], examples: [example] as NonNullable<JsonSchema["examples"]> };
    }
  }
  return { named, unnamed: new Map(used.map((schema, index) => [schema, definitions[`:${index}`]!])) };
}

function tidy(valibot: v.GenericSchema, schema: JsonSchema, mode: Mode): JsonSchema {
  const { default: _, ...rest } = schema;
  // Null resets a field to its default, which is not a default in the sense of JSON Schema. Responses never
  // omit it.
  if (valibot.type === "nullable" || mode === "output") return tidyObject(valibot, rest, mode);
  return tidyObject(valibot, schema, mode);
}

function tidyObject(valibot: v.GenericSchema, schema: JsonSchema, mode: Mode): JsonSchema {
  if (schema.type !== "object" || !("entries" in valibot)) return schema;
  const entries = Object.entries(valibot.entries as v.ObjectEntries);
  const required = entries.filter(([, entry]) =>
    !isOptional(entry as v.GenericSchema) ||
    mode === "output" && "default" in entry && entry.default !== undefined
  ).map(([name]) => name);
  const { required: _, ...others } = schema;
  return {
    ...others,
    ...required.length > 0 && { required },
    // Otherwise linters reject examples with additional fields.
    ...valibot.type === "loose_object" && { additionalProperties: true },
  };
}

/** The schema with descriptions of itself and of its fields. */
function describe(
  schema: JsonSchema,
  said: Readonly<Record<string, string>>,
  path: string,
  description: string | undefined,
): JsonSchema {
  const { properties, items, anyOf, ...rest } = schema;
  const inside = (one: JsonSchema | boolean) =>
    typeof one === "boolean" ? one : describe(one, said, path, undefined);
  return {
    ...description !== undefined && { description },
    ...rest,
    ...properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, field]) => {
          const at = path === "" ? name : `${path}.${name}`;
          return [
            name,
            typeof field === "boolean" ? field : tellDefault(describe(field, said, at, said[at])),
          ];
        }),
      ),
    },
    ...items !== undefined && { items: Array.isArray(items) ? items : inside(items as JsonSchema) },
    ...anyOf !== undefined && { anyOf: anyOf.map((one) => inside(one)) },
  };
}

/**
 * Describes a field's default in words: generators of types take a field with a default for one that is
 * always present.
 */
function tellDefault({ default: fallback, description, ...rest }: JsonSchema): JsonSchema {
  const said = fallback === undefined ? [] : [`Default: ${JSON.stringify(fallback)}.`];
  const words = [...description === undefined ? [] : [description], ...said].join(" ");
  return { ...words !== "" && { description: words }, ...rest };
}

/** The names that `from` refers to, directly or through other `named` ones. */
function reach({ named }: Pick<Converted, "named">, from: unknown): Set<string> {
  const found = new Set<string>();
  const admission = (value: unknown): void => {
    for (const name of referencesOf(value)) {
      if (found.has(name)) continue;
      found.add(name);
      admission(named[name]);
    }
  };
  admission(from);
  return found;
}

function referencesOf(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = ""]) => name);
}

function isDifferent(
  name: string,
  input: Readonly<Record<string, JsonSchema>>,
  output: Readonly<Record<string, JsonSchema>>,
  seen = new Set<string>(),
): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  return !isDeepStrictEqual(input[name], output[name]) ||
    referencesOf(input[name]).some((inner) => isDifferent(inner, input, output, seen));
}

function renameReferences(schema: JsonSchema, names: readonly string[]): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value) => {
    const name = key === "$ref" && typeof value === "string" ? value.slice(SCHEMAS.length) : "";
    return names.includes(name) ? `${SCHEMAS}${name}${INPUT}` : value;
  });
}

function isSchema(value: unknown): value is v.GenericSchema {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "schema";
}

/** Whether a field or parameter can be missing. */
export function isOptional(schema: v.GenericSchema): boolean {
  return schema.type === "optional" || schema.type === "exact_optional" || schema.type === "nullish";
}
