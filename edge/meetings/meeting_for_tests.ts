import type { RouteContext } from "../context.ts";
import assert from "node:assert/strict";
import { type AccountId, newRowId, type TenantId } from "@tafelrunde/protocol";
import type { Meeting, MeetingCreated, Problem, Scope } from "@tafelrunde/protocol/http";
import { Hono } from "hono";
import { type Config, readConfig } from "../config.ts";
import { withCaller } from "../http/caller.ts";
import { favouriteRoutes } from "../http/favourites.ts";
import { invitationRoutes } from "../http/invitations.ts";
import { mailRoutes } from "../http/mails.ts";
import { meetingRoutes } from "../http/meetings.ts";
import { codeOf, problemResponse } from "../http/problem.ts";
import { serveRoutes } from "../http/serve_route.ts";
import { makeTestIdentityContext } from "../context_for_tests.ts";
import { makeTestKey } from "../store/api_key_for_tests.ts";
import { beginSession } from "../identity/session.ts";
import { denoRuntime } from "../runtime/serve_deno.ts";
import { insertAccount } from "../store/account.ts";
import type { Db } from "../store/schema.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "../store/tenant.ts";

/** A Monday, six days before clocks go forward in Berlin. */
export const MONDAY = Date.parse("2026-03-23T07:00:00Z");

/** A response: its status, and its body if that is JSON. */
export interface Answer<Body = unknown> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** A caller of the API. */
export interface Person {
  readonly id: AccountId;
  /** Sends a request as this person, with If-Match "*" unless `headers` has another. */
  ask<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Body>>;
}

/** The routes of meetings on their own database. */
export interface MeetingsRig extends Disposable {
  readonly service: RouteContext;
  /** Current time, ms. */
  now: number;
  addPerson(
    name: string,
    more?: Partial<{ role: "admin" | "member"; email: string | null; tenantId: TenantId }>,
  ): Promise<Person>;
  addKey(scopes: readonly Scope[]): Promise<Pick<Person, "ask">>;
  readonly nobody: Pick<Person, "ask">;
}

/** Serves them. `env`: configuration besides the cluster key. */
export async function serveMeetings(
  db: Db,
  env: Readonly<Record<string, string>> = {},
): Promise<MeetingsRig> {
  await ensureDefaultTenant(db, 0);
  const config: Config = readConfig((name) =>
    ({
      CLUSTER_KEY: "a cluster key for tests and nothing else",
      PUBLIC_URL: "https://meet.example.org",
      TRUSTED_PROXIES: "1",
      ...env,
    })[name]
  );
  const context = await makeTestIdentityContext(db, { config, now: () => rig.now });
  const service: RouteContext = { ...context, runtime: { ...denoRuntime(), peerAddress: () => "192.0.2.1" } };
  const app = new Hono();
  app.use("/v1/*", withCaller(service));
  serveRoutes(app, [
    ...meetingRoutes(service, () => Promise.resolve()),
    ...invitationRoutes(service, () => Promise.resolve()),
    ...favouriteRoutes(service),
    ...mailRoutes(service),
  ], service);
  app.onError((error, c) => {
    if (codeOf(error) === undefined) console.error(error);
    return problemResponse(c, error);
  });
  const asker = (credential: Readonly<Record<string, string>>): Pick<Person, "ask"> => ({
    async ask<Body>(
      method: string,
      path: string,
      body?: unknown,
      headers: Readonly<Record<string, string>> = {},
    ) {
      const response = await app.request(path, {
        method,
        headers: {
          "content-type": "application/json",
          "if-match": "*",
          "x-forwarded-for": "192.0.2.1",
          ...credential,
          ...headers,
        },
        ...body !== undefined && { body: JSON.stringify(body) },
      });
      const text = await response.text();
      const isJson = (response.headers.get("content-type") ?? "").includes("json");
      return {
        status: response.status,
        body: (isJson ? JSON.parse(text) : text) as Body,
        headers: response.headers,
      };
    },
  });
  const rig: MeetingsRig = {
    service,
    now: MONDAY,
    nobody: asker({}),
    async addPerson(
      name,
      { role = "member", email = `${name.toLowerCase()}@example.org`, tenantId = DEFAULT_TENANT } = {},
    ) {
      const account = await insertAccount(db, {
        id: newRowId() as AccountId,
        tenantId,
        name,
        email,
        isEmailVerified: true,
        role,
        isOperator: false,
      }, rig.now);
      assert.ok(account);
      const secret = await beginSession(db, account, { method: "password", device: "test" }, rig.now);
      return { id: account.id, ...asker({ cookie: `__Host-tafelrunde-session=${secret}` }) };
    },
    async addKey(scopes) {
      const { key } = await makeTestKey(db, DEFAULT_TENANT, scopes, rig.now);
      return asker({ authorization: `Bearer ${key}` });
    },
    [Symbol.dispose]: () => context.hasher[Symbol.dispose](),
  };
  return rig;
}

/** Creates a meeting as `person`: an hour on this Monday at 10:00 in Berlin, unless `wish` says otherwise. */
export async function plan(
  person: Pick<Person, "ask">,
  wish: Readonly<Record<string, unknown>> = {},
): Promise<MeetingCreated> {
  const { status, body } = await person.ask<MeetingCreated>("POST", "/v1/meetings", {
    title: "Rat",
    time: { start: "2026-03-23T10:00", timeZone: "Europe/Berlin", durationMinutes: 60 },
    ...wish,
  });
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

/** Titles of a list, page by page. */
export async function titlesOf(person: Person, query: string, limit = 100): Promise<string[]> {
  const titles: string[] = [];
  for (let cursor = "";;) {
    const { status, body } = await person.ask<{ items: Meeting[]; next: string | null }>(
      "GET",
      `/v1/meetings?${query}&limit=${limit}${cursor}`,
    );
    assert.equal(status, 200, JSON.stringify(body));
    titles.push(...body.items.map(({ title }) => title));
    if (body.next === null) return titles;
    cursor = `&cursor=${body.next}`;
  }
}

/** Asserts that a request was refused with this status and code. */
export function assertRefused({ status, body }: Answer, expected: number, code: string): void {
  assert.deepEqual([status, (body as Problem).code], [expected, code], JSON.stringify(body));
}

/** An hour in Berlin, as a meeting's `time`. */
export const at = (start: string, recurrence: string | null = null) => ({
  start,
  timeZone: "Europe/Berlin",
  durationMinutes: 60,
  recurrence,
});
