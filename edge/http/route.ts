import type { Scope } from "@tafelrunde/protocol/http";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as v from "valibot";
import type { Caller } from "../identity/caller.ts";
import type { LimitName } from "../limit_table.ts";
import type { BodyType } from "./body.ts";

/** Somebody signed in. */
export type AccountCaller = Extract<Caller, { kind: "account" }>;

/** A program with an API key. */
export type KeyCaller = Extract<Caller, { kind: "key" }>;

/**
 * Whom a route answers. `open`: everybody, and nobody is asked who they are; `anyone`: everybody, and it matters who; `person`: who is signed
 * in, and no API key; `member`: who is signed in; `admin`: a tenant's admins; `operator`: who runs the installation. API keys with the route's scope may what members and admins may.
 */
export interface CallerOf {
  readonly open: Extract<Caller, { kind: "nobody" }>;
  readonly anyone: Caller;
  readonly person: AccountCaller;
  readonly member: AccountCaller | KeyCaller;
  readonly admin: AccountCaller | KeyCaller;
  readonly operator: AccountCaller;
}

export type Access = keyof CallerOf;

/** What groups routes on the page that documents them. */
export const TAGS = {
  rooms: "Rooms, who belongs to them, and their links",
  meetings: "Meetings and invitations",
  auth: "Signing in and out",
  mails: "Saying no to mails",
  account: "One's own account",
  people: "The people of a tenant, and their groups",
  tenants: "Tenants, their limits and their API keys",
  service: "The service itself",
} as const;
export type Tag = keyof typeof TAGS;

type Parsed<Entries extends v.ObjectEntries> = v.InferOutput<v.StrictObjectSchema<Entries, undefined>>;
type Input<Schema> = Schema extends v.GenericSchema ? v.InferInput<Schema> : void;
type Output<Schema> = Schema extends v.GenericSchema ? v.InferOutput<Schema> : undefined;

/** A request that has passed all checks of its route. */
export interface Asked<
  Params extends v.ObjectEntries,
  Query extends v.ObjectEntries,
  Body,
  Who extends Access,
> {
  readonly caller: CallerOf[Who];
  readonly params: Parsed<Params>;
  readonly query: Parsed<Query>;
  readonly body: Output<Body>;
  /** The version that a change is meant for, by If-Match; undefined: whichever there is ("*"). Only with `ifMatch`. */
  readonly version: number | undefined;
  /** For cookies and headers. */
  readonly c: Context;
}

/** Everything there is to say about one route; edge/http/serve_route.ts and openapi.ts do the rest. */
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
  /** What is done, in the operation's name; from the method unless it says otherwise. */
  readonly operation?: string;
  /** One line, as a command: "Make a room". */
  readonly summary: string;
  readonly description?: string;
  readonly access: Who;
  /** The scope that an API key needs; without one, no key may. Not with `open`, `person` and `operator`. */
  readonly scope?: Scope;
  /** What requests are counted under, in place of `api`; null: they are not. */
  readonly limit?: LimitName | null;
  /** A parameter that does not fit its schema is answered 404, `{name}.unknown`, as is one of something that is not there. */
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** How the body is written; JSON unless it says otherwise. */
  readonly bodyType?: "application/x-www-form-urlencoded";
  /** Shape of the answer; without one it is 204, or a Response of the handler's own. */
  readonly answer?: Answer;
  /** How the answer is written, when it is a text and not JSON. */
  readonly answerType?: "text/html" | "text/calendar" | "text/css";
  /** 200 with an answer and 204 without, unless it says otherwise. */
  readonly status?: ContentfulStatusCode;
  /** Other statuses with the same answer, by when; the handler makes those Responses itself. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
  /** The answer's version: it is its ETag. */
  readonly etag?: (answer: Input<Answer>) => number;
  /** The change needs If-Match: 428 without it; the handler throws `outdated()` when the version is another by now. */
  readonly ifMatch?: boolean;
  /** The path of what was made. */
  readonly location?: (answer: Input<Answer>) => string;
  /** Codes of the problems that are this route's own, by status. */
  readonly problems?: Readonly<Record<string, number>>;
  /** It is for browsers that follow a link, and no part of the API's description. */
  readonly isPage?: true;
  /** Who asks shows the secret of a link: `Authorization: Bearer`. */
  readonly byLink?: true;
  /** Pages of other sites may ask too: for what is sent by an identity provider. */
  readonly takesForeignOrigin?: boolean;
}

/** A declaration whose types are known to its handler alone. */
export type AnyDeclaration = Declaration<
  v.ObjectEntries,
  v.ObjectEntries,
  v.GenericSchema | undefined,
  v.GenericSchema | undefined,
  Access
>;

/** A request as the mechanism hands it over: each part has been parsed by the route's own schema. */
export interface RawAsked {
  readonly caller: Caller;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly version: number | undefined;
  readonly c: Context;
}

/** What a route answers, before it is a response. */
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
 * Declares a route. `handle` gets what its schemas give, gives what `answer` takes (or a Response of its own, for redirects), and throws
 * ProblemError for what cannot be.
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
    asked: Asked<Params, Query, Body, Who>,
  ) => Promise<Input<Answer> | Response> | Input<Answer> | Response,
): Route {
  const { etag, location } = declaration;
  return {
    declaration: declaration as unknown as AnyDeclaration,
    async answer(asked) {
      const answer = await handle(asked as Asked<Params, Query, Body, Who>);
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

/** How the body may be written. A change of some fields is a JSON Merge Patch, which JSON's own type is taken for. Source: RFC 7396. */
export function bodyTypesOf({ bodyType, method }: AnyDeclaration): readonly BodyType[] {
  if (bodyType !== undefined) return [bodyType];
  return method === "PATCH" ? ["application/json", "application/merge-patch+json"] : ["application/json"];
}

/** The ETag of a version: strong, since equal versions are equal to the byte. */
export function etagOf(version: number): string {
  return `"${version}"`;
}
