import type { TenantId } from "@tafelrunde/protocol";
import type { Context, MiddlewareHandler } from "hono";
import { ProblemError } from "../http/problem.ts";
import { findApiKeyByHash, touchApiKey } from "../store/api_key.ts";
import type { Account } from "../store/account.ts";
import type { Db } from "../store/schema.ts";
import type { StoredSession } from "../store/session.ts";
import type { Desk } from "./desk.ts";
import { recheck } from "./oidc/recheck.ts";
import { API_KEY_PREFIX, hashSecret } from "./secret.ts";
import { openSession } from "./session.ts";
import { isOpen } from "./ways.ts";
import { readSessionCookie, writeSessionCookie } from "./session_cookie.ts";

/** Caller of a request: a signed-in person, a program with an API key, or anonymous. */
export type Caller =
  | { readonly kind: "account"; readonly account: Account; readonly session: StoredSession }
  | {
    readonly kind: "key";
    readonly keyId: string;
    readonly tenantId: TenantId;
    readonly scopes: readonly string[];
  }
  | { readonly kind: "nobody" };

/** Caller of a request. A lapsed session counts only for meetings. */
interface Found {
  readonly caller: Caller;
  readonly isLapsed: boolean;
}

declare module "hono" {
  interface ContextVariableMap {
    findCaller: () => Promise<Found>;
  }
}

/** Precision of the stored time of an API key's last use, ms. */
const TOUCH_KEY_MS = 3_600_000;

/** Lets later handlers call `readCaller`. Sends no query by itself. */
export function withCaller(desk: Desk): MiddlewareHandler {
  return async (c, next) => {
    let found: Promise<Found> | undefined;
    c.set("findCaller", () => found ??= findCaller(c, desk));
    await next();
  };
}

/**
 * The caller, from at most one indexed query, however often it is called; from time to time it also asks the
 * person's OpenID provider. Throws 401 for an API key that is invalid or no longer valid; an ended session
 * counts as anonymous.
 */
export async function readCaller(c: Context): Promise<Caller> {
  const { caller, isLapsed } = await c.var.findCaller();
  return isLapsed ? { kind: "nobody" } : caller;
}

/**
 * The same for joining meetings: a person whose tokens expired of age while they were away keeps their place
 * in the meeting.
 */
export async function readMeetingCaller(c: Context): Promise<Caller> {
  return (await c.var.findCaller()).caller;
}

async function findCaller(c: Context, desk: Desk): Promise<Found> {
  const nobody = { caller: { kind: "nobody" }, isLapsed: false } as const;
  const { db, config } = desk;
  const now = desk.now();
  const [scheme, token] = (c.req.header("authorization") ?? "").split(" ");
  if (scheme === "Bearer" && token?.startsWith(API_KEY_PREFIX)) {
    return { caller: await findKey(db, token, now), isLapsed: false };
  }
  const secret = readSessionCookie(c, config);
  const open = secret === undefined ? undefined : await openSession(db, secret, now);
  if (open === undefined) return nobody;
  const { session } = open;
  const isAdmitted = await recheck(desk, { ...session, accountId: session.account.id });
  // Not admitted: the session has ended, or has just lapsed.
  const left = isAdmitted ? open : await openSession(db, secret!, now);
  if (left === undefined) return nobody;
  if (open.renewed !== undefined) writeSessionCookie(c, config, open.renewed);
  const { account, isLapsed } = left.session;
  return { caller: { kind: "account", account, session: left.session }, isLapsed };
}

async function findKey(db: Db, token: string, now: number): Promise<Caller> {
  const key = await findApiKeyByHash(db, hashSecret(token), now);
  if (key === undefined || !isOpen("apiKey", key.makerWays, now)) {
    throw new ProblemError(401, "key.unknown", "The API key is unknown, expired or revoked.");
  }
  if (key.usedAt === null || now - key.usedAt >= TOUCH_KEY_MS) await touchApiKey(db, key.id, now);
  return { kind: "key", keyId: key.id, tenantId: key.tenantId, scopes: key.scopes };
}
