import type { JsonSchema, OpenApi, Operation } from "../edge/http/openapi.ts";

/** A request that violates a schema, and the field that its response must name. */
export interface BadInput {
  /** What is wrong, for the failure's message. */
  readonly what: string;
  readonly value: unknown;
  /** Dotted path of the field, as in `fields[].name` of the problem. */
  readonly field: string;
}

/** Omits a field. */
const MISSING = Symbol("missing");

/** Generates values that a JSON Schema allows, and values that it does not. */
export class InputGenerator {
  readonly #api: OpenApi;

  constructor(api: OpenApi) {
    this.#api = api;
  }

  /** All routes. */
  *operations(): Generator<{ method: string; path: string; operation: Operation }> {
    for (const [path, methods] of Object.entries(this.#api.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        yield { method: method.toUpperCase(), path, operation };
      }
    }
  }

  /**
   * A value that the schema allows, with every field of its objects; undefined if none can be generated (an
   * unknown pattern).
   */
  good(given: JsonSchema): unknown {
    const schema = this.#resolve(given);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return schema.enum[0];
    const [first] = schema.anyOf ?? schema.oneOf ?? [];
    if (typeof first === "object") return this.good(first);
    switch (schema.type) {
      case "object":
        return Object.fromEntries(
          Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
            const value = typeof field === "object" ? this.good(field) : undefined;
            return value === undefined ? [] : [[name, value]];
          }),
        );
      case "array":
        return typeof schema.items === "object" && !Array.isArray(schema.items)
          ? [this.good(schema.items)]
          : [];
      case "integer":
      case "number":
        return schema.minimum ?? 1;
      case "boolean":
        return true;
      case "null":
        return null;
      case "string":
        return goodText(schema);
      default:
        return {};
    }
  }

  /** Bodies that violate the schema, each in one place. */
  *badBodies(schema: JsonSchema): Generator<BadInput> {
    for (const value of [null, [], "text", 7, true]) {
      yield { what: `${JSON.stringify(value)} as body`, value, field: "" };
    }
    yield* this.#wrongFields(schema, this.good(schema), "");
  }

  /** Strings that a parameter does not allow. */
  *badTexts(given: JsonSchema): Generator<{ what: string; value: string }> {
    const schema = this.#resolve(given);
    const candidates = [
      "",
      " ",
      "x".repeat(5_000),
      "\0",
      "\u0007",
      "../../etc/passwd",
      "' or 1=1 --",
      "1e400",
      "-1",
      "%F0%28",
      "💥",
      "null",
      "9".repeat(400),
    ];
    for (const value of candidates) {
      if (!fits(schema, value)) yield { what: JSON.stringify(value).slice(0, 40), value };
    }
  }

  *#wrongFields(given: JsonSchema, good: unknown, path: string): Generator<BadInput> {
    const schema = this.#resolve(given);
    if (schema.type !== "object" || typeof good !== "object" || good === null) return;
    const here = (name: string) => path === "" ? name : `${path}.${name}`;
    const withField = (name: string, value: unknown) => {
      const { [name]: _, ...rest } = good as Record<string, unknown>;
      return value === MISSING ? rest : { ...rest, [name]: value };
    };
    if (schema.additionalProperties === false) {
      yield { what: "an unknown field", value: withField("surplus", 1), field: here("surplus") };
      const long = "x".repeat(5_000);
      yield { what: "an unknown field with a long name", value: withField(long, 1), field: here(long) };
    }
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      if (typeof field !== "object") continue;
      if (schema.required?.includes(name)) {
        yield { what: `${here(name)} missing`, value: withField(name, MISSING), field: here(name) };
      }
      for (const { what, value } of this.#wrongValues(field)) {
        yield { what: `${here(name)}: ${what}`, value: withField(name, value), field: here(name) };
      }
      const inner = (good as Record<string, unknown>)[name];
      for (const bad of this.#wrongFields(field, inner, here(name))) {
        yield { ...bad, value: withField(name, bad.value) };
      }
    }
  }

  *#wrongValues(given: JsonSchema): Generator<{ what: string; value: unknown }> {
    const schema = this.#resolve(given);
    let nested: unknown = 1;
    for (let depth = 0; depth < 20; depth++) nested = { nested };
    const candidates: [string, unknown][] = [
      ["null", null],
      ["a number", 12345],
      ["a huge number", 1e308],
      ["a fraction", 1.5],
      ["a negative number", -1],
      ["zero", 0],
      ["beyond safe integers", 2 ** 60],
      ["a boolean", true],
      ["an empty text", ""],
      ["a text", "text"],
      ["a long text", "x".repeat(20_000)],
      ["NUL", "a\0b"],
      ["a control character", "a\u001bb"],
      ["half a character", "a\ud800b"],
      ["a list", ["x"]],
      ["a long list", Array.from({ length: 5_000 }, () => 1)],
      ["deep nesting", nested],
      ["an object", { x: 1 }],
    ];
    for (const [what, value] of candidates) if (!this.#allows(schema, value)) yield { what, value };
  }

  /** Whether the schema might allow the value. Returns true in doubt: then it is not sent. */
  #allows(given: JsonSchema, value: unknown): boolean {
    const schema = this.#resolve(given);
    const either = schema.anyOf ?? schema.oneOf;
    if (either) return either.some((one) => typeof one !== "object" || this.#allows(one, value));
    if (schema.const !== undefined) return schema.const === value;
    if (schema.enum) return schema.enum.includes(value as string);
    switch (schema.type) {
      case "string":
        return typeof value === "string" && fits(schema, value);
      case "integer":
      case "number":
        return typeof value === "number" && (schema.type === "number" || Number.isInteger(value)) &&
          value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
      case "boolean":
        return typeof value === "boolean";
      case "null":
        return value === null;
      case "array": {
        const { items } = schema;
        return Array.isArray(value) && value.length <= (schema.maxItems ?? Infinity) &&
          (typeof items !== "object" || Array.isArray(items) ||
            value.every((item) => this.#allows(items, item)));
      }
      case "object":
        return typeof value === "object" && value !== null && !Array.isArray(value) &&
          Object.entries(value).every(([name, inner]) => {
            const field = schema.properties?.[name];
            return typeof field === "object"
              ? this.#allows(field, inner)
              : schema.additionalProperties !== false;
          }) && (schema.required ?? []).every((name) => name in value);
      default:
        return true;
    }
  }

  #resolve(schema: JsonSchema): JsonSchema {
    if (schema.$ref === undefined) return schema;
    const target = this.#api.components.schemas[schema.$ref.slice("#/components/schemas/".length)];
    if (target === undefined) throw new Error(`no schema ${schema.$ref}`);
    return this.#resolve(target);
  }
}

/** Whether a string matches the schema's rules for strings. A numeric parameter arrives as a string. */
function fits(
  { type, minLength, maxLength, pattern, format, minimum, maximum, enum: values }: JsonSchema,
  text: string,
): boolean {
  if (values) return values.includes(text);
  if (
    type === "integer" &&
    !(/^\d{1,15}$/.test(text) && Number(text) >= (minimum ?? 0) && Number(text) <= (maximum ?? Infinity))
  ) {
    return false;
  }
  if (text.length < (minLength ?? 0) || text.length > (maxLength ?? Infinity)) return false;
  if (pattern !== undefined && !new RegExp(pattern, "u").test(text)) return false;
  return format === undefined || fitsFormat(format, text);
}

function fitsFormat(format: string, text: string): boolean {
  switch (format) {
    case "email":
      return /^[^\s@]+@[^\s@]+$/.test(text);
    case "date-time":
      return /^\d{4}-\d\d-\d\dT/.test(text);
    case "uuid":
      return /^[0-9a-f-]{36}$/.test(text);
    case "uri":
      return URL.canParse(text);
    default:
      return true;
  }
}

/** A string that the schema allows, from a few that this product's schemas require. */
function goodText(schema: JsonSchema): string | undefined {
  const candidates = [
    "text",
    "a".repeat(12),
    "aaaa-aaaa-aaaa",
    "a".repeat(16),
    "a".repeat(22),
    "a".repeat(26),
    "a".repeat(43),
    "2030-03-27T09:00:00.000Z",
    "2030-03-27T09:00",
    "someone@example.org",
    "https://example.org/",
    "#1f5e4a",
    "treffen.example.org",
    "Europe/Berlin",
    "FREQ=WEEKLY",
    "data:image/png;base64,AAAA",
    "00000000-0000-4000-8000-000000000000",
    Array.from({ length: 32 }, () => "AB").join(":"),
  ];
  return candidates.find((text) => fits(schema, text));
}
