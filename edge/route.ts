import type { Scope } from "@tafelrunde/protocol/http";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as v from "valibot";
import type { AccountCaller, Caller, TenantCaller } from "./identity/caller.ts";
import type { LimitName } from "./limit_table.ts";
import type { BodyType } from "./http/body.ts";

/**
 * Callers of a route. `open`: everyone, and the caller is not identified; `anyone`: everyone, and the caller
 * is identified; `person`: people who are signed in, no API keys; `member`: people who are signed in;
 * `admin`: a tenant's admins; `operator`: operators of the installation. API keys with the route's scope may
 * use routes for members and admins.
 */
export interface CallerOf {
  readonly open: Extract<Caller, { kind: "nobody" }>;
  readonly anyone: Caller;
  readonly person: AccountCaller;
  readonly member: TenantCaller;
  readonly admin: TenantCaller;
  readonly operator: AccountCaller;
}

export type Access = keyof CallerOf;

/** Groups of routes on the documentation page. */
export const TAGS = {
  rooms: "Rooms, their members and their links",
  meetings: "Meetings and invitations",
  auth: "Signing in and out",
  mails: "Stopping mails",
  account: "The signed-in account",
  people: "The people of a tenant, and their groups",
  tenants: "Tenants, their limits and their API keys",
  service: "The service itself",
} as const;
export type Tag = keyof typeof TAGS;

type Parsed<Entries extends v.ObjectEntries> = v.InferOutput<v.StrictObjectSchema<Entries, undefined>>;
type Input<Schema> = Schema extends v.GenericSchema ? v.InferInput<Schema> : void;
type Output<Schema> = Schema extends v.GenericSchema ? v.InferOutput<Schema> : undefined;

/** A request that has passed all checks of its route. */
export interface RouteRequest<
  Params extends v.ObjectEntries,
  Query extends v.ObjectEntries,
  Body,
  Who extends Access,
> {
  readonly caller: CallerOf[Who];
  readonly params: Parsed<Params>;
  readonly query: Parsed<Query>;
  readonly body: Output<Body>;
  /** The version that a change is meant for, by If-Match; undefined: any ("*"). Only with `ifMatch`. */
  readonly version: number | undefined;
  /** For cookies and headers. */
  readonly c: Context;
}

/** The full declaration of one route; edge/http/serve_route.ts and openapi.ts do the rest. */
export interface Declaration<
  Params extends v.ObjectEntries,
  Query extends v.ObjectEntries,
  Body extends v.GenericSchema | undefined,
  Answer extends v.GenericSchema | undefined,
  Who extends Access,
> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From the root, parameters in braces: "/v1/rooms/{room}". */
  readonly path: `/v1/${string}`;
  readonly tag: Tag;
  /** Verb in the operation's name; default: from the method. */
  readonly operation?: string;
  /** One line, as a command: "Create a room". */
  readonly summary: string;
  readonly description?: string;
  readonly access: Who;
  /** The scope that an API key needs; absent: no key is allowed. Not with `open`, `person` and `operator`. */
  readonly scope?: Scope;
  /** The limit that requests count towards; default: `api`; null: none. */
  readonly limit?: LimitName | null;
  /**
   * A parameter that does not match its schema is answered 404, `{name}.unknown`, like one that does not
   * exist.
   */
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Media type of the body; default: JSON. */
  readonly bodyType?: "application/x-www-form-urlencoded";
  /** Schema of the answer; absent: 204, or the handler's own Response. */
  readonly answer?: Answer;
  /** Media type of the answer if it is text instead of JSON. */
  readonly answerType?: "text/html" | "text/calendar" | "text/css";
  /** Default: 200 with an answer, 204 without. */
  readonly status?: ContentfulStatusCode;
  /** Other statuses with the same answer, with their meaning; the handler creates those Responses itself. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
  /** The answer's version, used as its ETag. */
  readonly etag?: (answer: Input<Answer>) => number;
  /**
   * The change needs If-Match: 428 without it; the handler throws `version.outdated` if it has changed.
   */
  readonly ifMatch?: boolean;
  /** The path of the created resource. */
  readonly location?: (answer: Input<Answer>) => string;
  /** Codes of this route's own problems, with their status. */
  readonly problems?: Readonly<Record<string, number>>;
  /** For browsers that follow a link; not part of the API's description. */
  readonly isPage?: true;
  /** The caller proves access with a link's secret: `Authorization: Bearer`. */
  readonly byLink?: true;
  /** Pages of other sites may send requests too: for requests of identity providers. */
  readonly takesForeignOrigin?: boolean;
}

/** A declaration whose types only its handler knows. */
export type AnyDeclaration = Declaration<
  v.ObjectEntries,
  v.ObjectEntries,
  v.GenericSchema | undefined,
  v.GenericSchema | undefined,
  Access
>;

/** A request whose parts were parsed with the route's own schemas. */
export interface RawAsked {
  readonly caller: Caller;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly version: number | undefined;
  readonly c: Context;
}

/** The result of a route, before it is a response. */
export interface Reply {
  /** Undefined: nothing, 204. */
  readonly answer: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** A route that can be served and documented. */
export interface Route {
  readonly declaration: AnyDeclaration;
  /** Runs the handler. */
  answer(asked: RawAsked): Promise<Reply | Response>;
}

/**
 * Declares a route. `handle` gets what the schemas parsed, returns what `answer` accepts (or a Response of
 * its own, for redirects), and throws ProblemError or DomainError for failures.
 */
export function route<
  const Who extends Access,
  const Params extends v.ObjectEntries = Record<never, never>,
  const Query extends v.ObjectEntries = Record<never, never>,
  const Body extends v.GenericSchema | undefined = undefined,
  const Answer extends v.GenericSchema | undefined = undefined,
>(
  declaration: Declaration<Params, Query, Body, Answer, Who>,
  handle: (
    asked: RouteRequest<Params, Query, Body, Who>,
  ) => Promise<Input<Answer> | Response> | Input<Answer> | Response,
): Route {
  const { etag, location } = declaration;
  return {
    declaration: declaration as unknown as AnyDeclaration,
    async answer(asked) {
      const answer = await handle(asked as RouteRequest<Params, Query, Body, Who>);
      if (answer instanceof Response) return answer;
      return {
        answer,
        headers: {
          ...etag && { etag: etagOf(etag(answer)) },
          ...location && { location: location(answer) },
        },
      };
    },
  };
}

/**
 * Allowed media types of the body. A PATCH is a JSON Merge Patch; `application/json` counts as one. Source:
 * RFC 7396.
 */
export function bodyTypesOf({ bodyType, method }: AnyDeclaration): readonly BodyType[] {
  if (bodyType !== undefined) return [bodyType];
  return method === "PATCH" ? ["application/json", "application/merge-patch+json"] : ["application/json"];
}

/** The ETag of a version: strong, since equal versions are equal to the byte. */
export function etagOf(version: number): string {
  return `"${version}"`;
}
