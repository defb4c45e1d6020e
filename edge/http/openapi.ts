import { Problem, type Scope } from "@tafelrunde/protocol/http";
import { STATUS_TEXT } from "@std/http/status";
import type * as v from "valibot";
import manifest from "../package.json" with { type: "json" };
import { answerOf } from "./openapi_examples.ts";
import { ProblemSchemas, problemsOf, saysWhen } from "./openapi_problems.ts";
import {
  type ApiSchemas,
  convertSchemas,
  isOptional,
  type JsonSchema,
  referredTo,
  SCHEMAS,
  wordsOf,
} from "./openapi_schemas.ts";
import { type Access, type AnyDeclaration, bodyTypesOf, type Route, TAGS } from "../route.ts";

export type { JsonSchema };

/** A parameter in the path, the query or the headers. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

/** The body of a request or a response, by media type. */
export type Content = Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;

export interface Header {
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface ApiResponse {
  readonly description: string;
  /** References to headers of the components. */
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Content;
}

/** One route as an OpenAPI operation. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, ApiResponse>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  /** The scope that an API key needs; absent: no key is allowed. OpenAPI only knows scopes of OAuth. */
  readonly "x-scope"?: Scope;
  /** Which callers the route allows. */
  readonly "x-access": Access;
}

/** An OpenAPI 3.1 document, reduced to what we write. Source: https://spec.openapis.org/oas/v3.1.1 */
export interface OpenApi {
  readonly openapi: "3.1.1";
  readonly info: Readonly<
    Record<"title" | "version" | "description", string> & {
      license: { name: string; identifier: string };
      contact: { name: string; url: string };
    }
  >;
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly headers: Readonly<Record<string, Header>>;
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

/** The API's origin, and the name of its session cookie. */
export interface ApiPlace {
  /** "https://meet.example.org" */
  readonly origin: string;
  readonly sessionCookie: string;
}

/** Headers of responses, by name. */
const HEADERS = {
  ETag: {
    description: "Version of the resource, for If-Match and If-None-Match",
    schema: { type: "string" },
  },
  Location: {
    description: "Path of the created resource",
    schema: { type: "string", format: "uri-reference" },
  },
  "Retry-After": { description: "When to retry, seconds", schema: { type: "integer", minimum: 0 } },
  "WWW-Authenticate": { description: "How to authenticate", schema: { type: "string" } },
  "RateLimit-Policy": {
    description:
      "The rate limit of the request, its quota (q) and its window in seconds (w): draft-ietf-httpapi-ratelimit-headers-10",
    schema: { type: "string" },
  },
  RateLimit: {
    description: "Remaining requests (r), and the seconds until the full quota is back (t)",
    schema: { type: "string" },
  },
} as const satisfies Record<string, Header>;

type HeaderName = keyof typeof HEADERS;

/** The document of `routes`, from the same schemas that parse their requests. */
export function describeApi(routes: readonly Route[]): OpenApi {
  const declarations = routes.map((route) => route.declaration).filter(({ isPage }) => !isPage);
  const schemas = convertSchemas({
    input: declarations.flatMap(({ params = {}, query = {}, body }) => [
      ...Object.values({ ...params }) as v.GenericSchema[],
      ...Object.values({ ...query }) as v.GenericSchema[],
      ...body === undefined ? [] : [body],
    ]),
    output: [Problem, ...declarations.flatMap(({ answer }) => answer === undefined ? [] : [answer])],
  });
  const problems = new ProblemSchemas(schemas.components["Problem"]!);
  const paths: Record<string, Record<string, Operation>> = {};
  for (const declaration of declarations) {
    const { path, method } = declaration;
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: operationOf(declaration, schemas, problems),
    };
  }
  const tags = new Set(declarations.map(({ tag }) => tag));
  return {
    openapi: "3.1.1",
    info: {
      title: "Tafelrunde",
      version: manifest.version,
      description:
        "Rooms, meetings and people of a Tafelrunde installation. For the terms see docs/protocol.md. Every PATCH is a JSON Merge Patch (RFC 7396). " +
        "A response to a request with a cookie can set the cookie again.",
      license: { name: "EUPL-1.2", identifier: "EUPL-1.2" },
      contact: { name: "The operator of this installation", url: "/" },
    },
    servers: [{ url: "/", description: "This installation" }],
    tags: Object.entries(TAGS).filter(([name]) => tags.has(name as keyof typeof TAGS))
      .map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: referredTo({ ...schemas.components, ...problems.all }, paths),
      headers: HEADERS,
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-tafelrunde-session",
          description: "A browser that is signed in",
        },
        key: {
          type: "http",
          scheme: "bearer",
          description: "An API key of a tenant; x-scope names the scope that an operation needs",
        },
        link: {
          type: "http",
          scheme: "bearer",
          description: "The secret of a link to a room: the part of its URL after #",
        },
      },
    },
  };
}

/** The same document as served at `place`. */
export function describeAt(api: OpenApi, { origin, sessionCookie }: ApiPlace): OpenApi {
  const { info, servers, components } = api;
  const session = { ...components.securitySchemes["session"], name: sessionCookie };
  return {
    ...api,
    info: { ...info, contact: { ...info.contact, url: `${origin}/` } },
    servers: servers.map((server) => ({ ...server, url: origin })),
    components: { ...components, securitySchemes: { ...components.securitySchemes, session } },
  };
}

function operationOf(
  declaration: AnyDeclaration,
  schemas: ApiSchemas,
  problems: ProblemSchemas,
): Operation {
  const { body, description, tag, summary, access } = declaration;
  return {
    operationId: operationIdOf(declaration),
    tags: [tag],
    summary,
    description: description ?? `${summary}.`,
    parameters: parametersOf(declaration, schemas),
    ...body && { requestBody: bodyOf(declaration, body, schemas) },
    responses: responsesOf(declaration, schemas, problems),
    security: securityOf(declaration),
    ...takesKeys(declaration) && { "x-scope": declaration.scope },
    "x-access": access,
  };
}

/** "GET /v1/rooms/{room}/links" is `rooms_links_list`: the resource, then the operation. */
export function operationIdOf({ method, path, status, operation, query }: AnyDeclaration): string {
  const segments = path.split("/").slice(2);
  const nouns = segments.filter((segment) => !segment.startsWith("{"));
  const isList = query?.["limit"] !== undefined || /[^s]s$/.test(segments.at(-1) ?? "");
  const verbs = {
    GET: isList ? "list" : "read",
    POST: status === 201 ? "create" : "",
    PUT: "set",
    PATCH: "change",
    DELETE: isList ? "delete_all" : "delete",
  };
  return [...nouns.map((noun) => noun.replaceAll(/\W/g, "_")), operation ?? verbs[method]]
    .filter((part) => part !== "").join("_");
}

function bodyOf(declaration: AnyDeclaration, body: v.GenericSchema, schemas: ApiSchemas) {
  const schema = schemas.of(body, "input");
  const example = exampleIn(schema, schemas);
  const content = { schema, ...example !== undefined && { example } };
  return {
    required: !isEmptyAllowed(body),
    content: Object.fromEntries(bodyTypesOf(declaration).map((type) => [type, content])),
  };
}

function parametersOf(
  { params = {}, query = {}, ifMatch, method, access, etag }: AnyDeclaration,
  schemas: ApiSchemas,
): Parameter[] {
  const entries = (place: "path" | "query", all: v.ObjectEntries) =>
    Object.entries(all).map(([name, entry]): Parameter => {
      const schema = schemas.of(entry as v.GenericSchema, "input");
      const example = exampleIn(schema, schemas);
      return {
        name,
        in: place,
        required: place === "path" || !isOptional(entry as v.GenericSchema),
        description: wordsOf(entry as v.GenericSchema) ?? "",
        schema: withDefault(schema, schemas),
        ...example !== undefined && { example },
      };
    });
  const header = (name: string, required: boolean, description: string, schema: JsonSchema): Parameter => ({
    name,
    in: "header",
    required,
    description,
    schema,
  });
  return [
    ...entries("path", params),
    ...entries("query", query),
    ...ifMatch
      ? [{
        ...header(
          "If-Match",
          true,
          "The ETag of the version to change, or up to ten of them, or * for any version",
          { type: "string", pattern: '^(?:\\*|"[1-9][0-9]{0,8}"(?:, "[1-9][0-9]{0,8}"){0,9})$' },
        ),
        example: '"3"',
      }]
      : [],
    ...method === "GET" && etag !== undefined
      ? [
        header("If-None-Match", false, "ETags of cached versions: 304 if one of them is current", {
          type: "string",
        }),
      ]
      : [],
    ...method !== "GET" && access !== "open"
      ? [header(
        "Idempotency-Key",
        false,
        "Repeating the request with the same key within a day returns the first response again",
        { type: "string", pattern: "^[\\x21-\\x7e]{8,255}$" },
      )]
      : [],
  ];
}

function responsesOf(
  declaration: AnyDeclaration,
  schemas: ApiSchemas,
  problems: ProblemSchemas,
): Record<string, ApiResponse> {
  const { answer, answerType = "application/json", etag, location, otherStatuses = {}, limit, method } =
    declaration;
  const status = declaration.status ?? (answer === undefined ? 204 : 200);
  const counted: readonly HeaderName[] = limit === null ? [] : ["RateLimit-Policy", "RateLimit"];
  const said = (
    status: number | "5XX",
    description: string,
    headers: readonly HeaderName[],
    content?: Content,
  ): [string, ApiResponse] => [String(status), {
    description,
    ...headers.length > 0 && {
      headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    },
    ...content && { content },
  }];
  const versioned = etag === undefined ? counted : ["ETag" as const, ...counted];
  const content = answer && contentOf(schemas.of(answer, "output"), answerType);
  const isKnowable = method === "GET" && etag !== undefined;
  return Object.fromEntries([
    said(
      status,
      textOf(status),
      location ? ["Location", ...versioned] : versioned,
      content,
    ),
    ...Object.entries(otherStatuses).map(([other, description]) =>
      said(Number(other), description, versioned, content)
    ),
    ...isKnowable ? [said(304, "The cached version is current", versioned)] : [],
    ...[...problemsOf(declaration)].map(([failure, codes]) =>
      said(
        failure,
        [...codes].map((code) => `\`${code}\``).join(", "),
        [
          ...saysWhen(codes) ? ["Retry-After" as const] : [],
          ...codes.has("signIn.needed") ? ["WWW-Authenticate" as const] : [],
          ...counted,
        ],
        {
          "application/problem+json": {
            schema: problems.reference(failure, codes, operationIdOf(declaration)),
          },
        },
      )
    ),
    said("5XX", "Server error", counted, {
      "application/problem+json": { schema: { $ref: `${SCHEMAS}Problem` } },
    }),
  ]);
}

function contentOf(schema: JsonSchema, type: string): Content {
  const example = schema.$ref === undefined ? undefined : answerOf(nameIn(schema.$ref));
  return { [type]: { schema, ...example !== undefined && { example } } };
}

function textOf(status: number): string {
  return (STATUS_TEXT as Readonly<Record<number, string>>)[status] ?? "Done";
}

function takesKeys(declaration: AnyDeclaration): declaration is AnyDeclaration & { readonly scope: Scope } {
  const { access, scope, byLink } = declaration;
  return scope !== undefined && !byLink && access !== "open" && access !== "operator";
}

function securityOf(declaration: AnyDeclaration): Record<string, string[]>[] {
  const { access, byLink } = declaration;
  if (byLink) return [{ link: [] }];
  if (access === "open") return [{}];
  const key = takesKeys(declaration) ? [{ key: [] }] : [];
  return [...access === "anyone" ? [{}] : [], { session: [] }, ...key];
}

/**
 * Writes out a parameter's schema that has a default: generators find no type for a reference with a default
 * beside it. A parameter arrives as text, and so does its default; the description has the typed value.
 */
function withDefault(schema: JsonSchema, schemas: ApiSchemas): JsonSchema {
  const { default: fallback, $ref: _, ...rest } = schema;
  if (fallback === undefined) return schema;
  const { description: _words, examples: _examples, ...named } = namedBy(schema, schemas) ?? {};
  const whole = { ...named, ...rest };
  return { ...whole, default: whole.type === "string" ? fallback : JSON.parse(String(fallback)) };
}

function namedBy({ $ref }: JsonSchema, { components }: ApiSchemas): JsonSchema | undefined {
  return $ref === undefined ? undefined : components[nameIn($ref)];
}

function nameIn(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}

function exampleIn(schema: JsonSchema, schemas: ApiSchemas): unknown {
  return schema.examples?.[0] ?? namedBy(schema, schemas)?.examples?.[0];
}

/** Whether `{}` is valid; an empty body counts as it. */
function isEmptyAllowed(schema: v.GenericSchema): boolean {
  return "entries" in schema &&
    Object.values(schema.entries as v.ObjectEntries).every((entry) => isOptional(entry as v.GenericSchema));
}
