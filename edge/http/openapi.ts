import * as protocol from "@tafelrunde/protocol";
import * as http from "@tafelrunde/protocol/http";
import {
  type ConversionConfig,
  type JsonSchema,
  toJsonSchema,
  toJsonSchemaDefs,
} from "@valibot/to-json-schema";
import type * as v from "valibot";
import { type Access, type AnyDeclaration, type Route, TAGS } from "./route.ts";
import { STATUS_TEXT } from "@std/http/status";
import manifest from "../package.json" with { type: "json" };

export type { JsonSchema };

/** A parameter in the path, the query or the headers. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

/** The body of a request or an answer, by media type. */
export type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

export interface ApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
  readonly content?: Content;
}

/** One route as OpenAPI writes it. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, ApiResponse>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  /** Which of the people who are signed in. */
  readonly "x-access": Access;
}

/** An OpenAPI 3.1 document, as far as we write one. Source: https://spec.openapis.org/oas/v3.1.1 */
export interface OpenApi {
  readonly openapi: "3.1.1";
  readonly info: Readonly<
    Record<"title" | "version" | "description", string> & { license: { name: string; identifier: string } }
  >;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

type SchemaOf = (schema: v.GenericSchema) => JsonSchema;

/** Where schemas with a name are. */
const SCHEMAS = "#/components/schemas/";
const REFERENCE = /"#\/components\/schemas\/(\w+)"/g;

/** The schemas that have a name of their own: what protocol/ exports. */
const NAMED: Readonly<Record<string, v.GenericSchema>> = Object.fromEntries(
  Object.entries<unknown>({ ...protocol, ...http }).flatMap(([name, value]) =>
    isSchema(value) ? [[name, value]] : []
  ),
);

/** What only code can check; the schema is then a little wider than what is taken. */
const UNWRITTEN = ["check", "trim", "to_lower_case", "partial_check", "raw_check", "brand", "finite"];

/** The document of `routes`, from the same schemas that parse their requests. */
export function describeApi(routes: readonly Route[]): OpenApi {
  const declarations = routes.map((route) => route.declaration);
  const { definitions, schemaOf } = makeConverter();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const declaration of declarations) {
    const { path, method } = declaration;
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: operationOf(declaration, schemaOf),
    };
  }
  const tags = new Set(declarations.map(({ tag }) => tag));
  return {
    openapi: "3.1.1",
    info: {
      title: "Tafelrunde",
      version: manifest.version,
      description:
        "Rooms, meetings and people of a Tafelrunde installation. What the words mean: docs/protocol.md.",
      license: { name: "EUPL-1.2", identifier: "EUPL-1.2" },
    },
    tags: Object.entries(TAGS).filter(([name]) => tags.has(name as keyof typeof TAGS))
      .map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: reachable(definitions, paths),
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-tafelrunde-session",
          description: "A browser whose person has signed in",
        },
        key: { type: "http", scheme: "bearer", description: "An API key of a tenant, with scopes" },
      },
    },
  };
}

/** Gives each schema that a route uses as JSON Schema, with references to those that have a name. */
function makeConverter(): { definitions: Record<string, JsonSchema>; schemaOf: SchemaOf } {
  const config: ConversionConfig = {
    target: "draft-2020-12",
    typeMode: "input",
    ignoreActions: UNWRITTEN,
    // JSON Schema's patterns are Unicode-aware anyway. Source: JSON Schema 2020-12 core, §6.4.
    overrideAction: ({ valibotAction, jsonSchema }) =>
      "requirement" in valibotAction && valibotAction.requirement instanceof RegExp &&
        valibotAction.type === "regex"
        ? { ...jsonSchema, pattern: valibotAction.requirement.source }
        : undefined,
    // What its own code checks of an address is no pattern.
    overrideSchema: ({ valibotSchema, jsonSchema }) =>
      valibotSchema === http.Email ? { ...jsonSchema, format: "email" } : undefined,
    overrideRef: ({ referenceId }) => `${SCHEMAS}${referenceId}`,
  };
  const definitions = toJsonSchemaDefs(NAMED, config);
  const cache = new Map<v.GenericSchema, JsonSchema>();
  return {
    definitions,
    schemaOf(schema) {
      const known = cache.get(schema);
      if (known !== undefined) return known;
      const { $defs: _, $schema: __, ...converted } = toJsonSchema(schema, { ...config, definitions: NAMED });
      cache.set(schema, converted);
      return converted;
    },
  };
}

/** The definitions that `used` refers to, directly or over others. */
function reachable(
  definitions: Readonly<Record<string, JsonSchema>>,
  used: unknown,
): Record<string, JsonSchema> {
  const found = new Set<string>();
  const visit = (value: unknown) => {
    for (const [, name = ""] of JSON.stringify(value).matchAll(REFERENCE)) {
      if (found.has(name)) continue;
      found.add(name);
      visit(definitions[name]);
    }
  };
  visit(used);
  return Object.fromEntries(Object.entries(definitions).filter(([name]) => found.has(name)));
}

function operationOf(
  declaration: AnyDeclaration,
  schemaOf: SchemaOf,
): Operation {
  const { body, bodyType = "application/json", description, tag, summary } = declaration;
  return {
    operationId: operationId(declaration),
    tags: [tag],
    summary,
    ...description !== undefined && { description },
    parameters: parametersOf(declaration, schemaOf),
    ...body && {
      requestBody: { required: !isEmptyAllowed(body), content: { [bodyType]: { schema: schemaOf(body) } } },
    },
    responses: responsesOf(declaration, schemaOf),
    security: securityOf(declaration),
    "x-access": declaration.access,
  };
}

/** "GET /v1/rooms/{room}/links" is `get_rooms_room_links`. */
function operationId({ method, path }: AnyDeclaration): string {
  return [method.toLowerCase(), ...path.split("/").slice(2).map((part) => part.replaceAll(/\W/g, "_"))].join(
    "_",
  )
    .replaceAll(/_+/g, "_").replace(/_$/, "");
}

function parametersOf(
  { params = {}, query = {}, ifMatch, method, access }: AnyDeclaration,
  schemaOf: SchemaOf,
): Parameter[] {
  const entries = (place: "path" | "query", schemas: v.ObjectEntries) =>
    Object.entries(schemas).map(([name, schema]): Parameter => ({
      name,
      in: place,
      required: place === "path" || !isOptional(schema as v.GenericSchema),
      schema: schemaOf(schema as v.GenericSchema),
    }));
  return [
    ...entries("path", params),
    ...entries("query", query),
    ...ifMatch
      ? [
        {
          name: "If-Match",
          in: "header",
          required: true,
          description: "The ETag of the version that you change, or * for whichever there is",
          schema: { type: "string" },
        } as const,
      ]
      : [],
    ...method === "POST" && access !== "open"
      ? [
        {
          name: "Idempotency-Key",
          in: "header",
          required: false,
          description: "Repeating the request with the same key within a day gives the first answer again",
          schema: { type: "string", pattern: "^[\\x21-\\x7e]{8,255}$" },
        } as const,
      ]
      : [],
  ];
}

function responsesOf(
  declaration: AnyDeclaration,
  schemaOf: SchemaOf,
): Record<string, ApiResponse> {
  const { answer, answerType = "application/json", etag, location, otherStatuses = {} } = declaration;
  const status = declaration.status ?? (answer === undefined ? 204 : 200);
  const headers = {
    ...etag && { ETag: { schema: { type: "string" } as const } },
    ...location && { Location: { schema: { type: "string", format: "uri-reference" } as const } },
  };
  const content = answer && { content: { [answerType]: { schema: schemaOf(answer) } } };
  const said = (description: string): ApiResponse => ({
    description,
    ...Object.keys(headers).length > 0 && { headers },
    ...content,
  });
  return {
    [status]: said(STATUS_TEXT[status as 200] ?? "Done"),
    ...Object.fromEntries(
      Object.entries(otherStatuses).map(([other, description]) => [other, said(description)]),
    ),
    ...Object.fromEntries(
      [...problemsOf(declaration)].map(([failure, codes]) => [failure, {
        description: [...codes].map((code) => `\`${code}\``).join(", "),
        content: { "application/problem+json": { schema: { $ref: `${SCHEMAS}Problem` } } },
      }]),
    ),
  };
}

/** The codes of all problems that a route may answer with, by status. */
function problemsOf(declaration: AnyDeclaration): Map<number, Set<string>> {
  const { access, scope, params = {}, query = {}, body, ifMatch, limit, method, problems = {} } = declaration;
  const byStatus = new Map<number, Set<string>>();
  const add = (status: number, ...codes: string[]) => {
    if (codes.length > 0) byStatus.set(status, new Set([...byStatus.get(status) ?? [], ...codes]));
  };
  if (body) add(400, "request.notJson");
  if (body) add(413, "request.tooLarge");
  if (body) add(415, "request.contentType");
  if (access !== "open") add(401, "key.unknown");
  if (access !== "open" && access !== "anyone") add(401, "signIn.needed");
  add(403, "request.foreignOrigin");
  if (access !== "open") add(403, scope === undefined ? "key.notAllowed" : "key.scopeMissing");
  if (access === "admin" || access === "operator") add(403, `${access}.needed`);
  for (const name of Object.keys(params)) add(404, `${name}.unknown`);
  if (ifMatch) add(412, "version.outdated");
  if (ifMatch) add(428, "precondition.missing");
  if (body || ifMatch || Object.keys(query).length > 0) add(422, "request.invalid");
  if (method === "POST" && access !== "open") {
    add(409, "idempotency.underWay");
    add(422, "request.invalid", "idempotency.otherRequest");
  }
  if (limit !== null) add(429, "address.tooFrequent", ...access === "open" ? [] : ["person.tooFrequent"]);
  for (const [code, status] of Object.entries(problems)) add(status, code);
  return byStatus;
}

function securityOf({ access, scope }: AnyDeclaration): Record<string, string[]>[] {
  if (access === "open") return [];
  const key = scope === undefined || access === "operator" ? [] : [{ key: [scope] }];
  return [...access === "anyone" ? [{}] : [], { session: [] }, ...key];
}

function isSchema(value: unknown): value is v.GenericSchema {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "schema";
}

function isOptional(schema: v.GenericSchema): boolean {
  return schema.type === "optional" || schema.type === "exact_optional" || schema.type === "nullish";
}

/** Whether `{}`, which an empty body counts as, fits. */
function isEmptyAllowed(schema: v.GenericSchema): boolean {
  return "entries" in schema &&
    Object.values(schema.entries as v.ObjectEntries).every((entry) => isOptional(entry as v.GenericSchema));
}
