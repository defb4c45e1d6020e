import { type AccountId, type AccountRole, newRowId, type TenantId } from "@tafelrunde/protocol";
import { type Problem, type Scope, SCOPES } from "@tafelrunde/protocol/http";
import { beginSession } from "../edge/identity/session.ts";
import { insertAccount } from "../edge/store/account.ts";
import { makeTestKey } from "../edge/store/api_key_for_tests.ts";
import type { Db } from "../edge/store/schema.ts";

/** A person or a program that uses the REST API. */
export class RestClient {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for anonymous clients and keys. */
  readonly account: AccountId;
  /** The secret of its session; undefined for anonymous clients and keys. */
  readonly session: string | undefined;

  constructor(
    origin: string,
    headers: Readonly<Record<string, string>> = {},
    person?: { readonly account: AccountId; readonly session: string },
  ) {
    this.origin = origin;
    this.headers = headers;
    this.account = person?.account ?? "" as AccountId;
    this.session = person?.session;
  }

  /** Sends one request; an object as `body` is sent as JSON. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return fetch(`${this.origin}${path}`, {
      method,
      headers: { "content-type": "application/json", ...this.headers, ...headers },
      ...body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) },
    });
  }

  /** The response to a request that must succeed: its JSON, or undefined for 204. */
  async get<Answer = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await this.ask(method, path, body, headers);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined as Answer : JSON.parse(text);
  }

  /** The refusal of a request that must fail: [status, code]. */
  async fail(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<[number, string]> {
    const response = await this.ask(method, path, body, headers);
    const problem: Problem = JSON.parse(await response.text() || "{}");
    return [response.status, problem.code];
  }
}

/** Creates a tenant. */
export async function makeTenant(db: Db, name: string): Promise<TenantId> {
  const id = newRowId() as TenantId;
  await db.insertInto("tenant").values({ id, slug: `${name}-${id}`, name, created_at: new Date() }).execute();
  return id;
}

/** A signed-in person of the tenant. */
export async function signIn(
  db: Db,
  origin: string,
  tenantId: TenantId,
  { name = "Anna", role = "member", isOperator = false, at = Date.now() }: {
    name?: string;
    role?: AccountRole;
    isOperator?: boolean;
    /** Time of the sign-in, ms, on the edge's clock. */
    at?: number;
  } = {},
): Promise<RestClient> {
  const id = newRowId() as AccountId;
  const account = await insertAccount(db, {
    id,
    tenantId,
    name,
    email: `${id}@example.org`,
    isEmailVerified: true,
    role,
    isOperator,
  }, at);
  if (account === undefined) throw new Error("there is such an account");
  const secret = await beginSession(db, account, { method: "password", device: "test" }, at);
  const headers = { cookie: `tafelrunde-session=${secret}` };
  return new RestClient(origin, headers, { account: id, session: secret });
}

/** A program with a new API key of the tenant. */
export async function withKey(
  db: Db,
  origin: string,
  tenantId: TenantId,
  scopes: readonly Scope[] = SCOPES,
): Promise<RestClient> {
  const { key } = await makeTestKey(db, tenantId, scopes, Date.now());
  return new RestClient(origin, { authorization: `Bearer ${key}` });
}
