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

/** Who makes a request: somebody signed in, a program with an API key, or nobody that we know. */
export type Caller =
  | { readonly kind: "account"; readonly account: Account; readonly session: StoredSession }
  | {
    readonly kind: "key";
    readonly keyId: string;
    readonly tenantId: TenantId;
    readonly scopes: readonly string[];
  }
  | { readonly kind: "nobody" };

declare module "hono" {
  interface ContextVariableMap {
    findCaller: () => Promise<Caller>;
  }
}

/** How exactly it is known when an API key was used, ms. */
const TOUCH_KEY_MS = 3_600_000;

/** Lets what comes after it call `readCaller`. Asks nothing of the database by itself. */
export function withCaller(desk: Desk): MiddlewareHandler {
  return async (c, next) => {
    let caller: Promise<Caller> | undefined;
    c.set("findCaller", () => caller ??= findCaller(c, desk));
    await next();
  };
}

/**
 * Who makes the request, by one indexed query at most, however often it is asked; now and then it also asks the OpenID provider that
 * somebody comes from. Throws 401 for an API key that is not good (any more); a
 * session that has ended is nobody.
 */
export function readCaller(c: Context): Promise<Caller> {
  return c.var.findCaller();
}

async function findCaller(c: Context, desk: Desk): Promise<Caller> {
  const { db, config } = desk;
  const now = desk.now();
  const [scheme, token] = (c.req.header("authorization") ?? "").split(" ");
  if (scheme === "Bearer" && token?.startsWith(API_KEY_PREFIX)) return await findKey(db, token, now);
  const secret = readSessionCookie(c, config);
  const open = secret === undefined ? undefined : await openSession(db, secret, now);
  if (open === undefined || !await recheck(desk, open.session)) return { kind: "nobody" };
  if (open.renewed !== undefined) writeSessionCookie(c, config, open.renewed);
  return { kind: "account", account: open.session.account, session: open.session };
}

async function findKey(db: Db, token: string, now: number): Promise<Caller> {
  const key = await findApiKeyByHash(db, await hashSecret(token), now);
  if (key === undefined || !isOpen("apiKey", key.makerWays, now)) {
    throw new ProblemError(401, "key.unknown", "The API key is not good, or no more.");
  }
  if (key.usedAt === null || now - key.usedAt >= TOUCH_KEY_MS) await touchApiKey(db, key.id, now);
  return { kind: "key", keyId: key.id, tenantId: key.tenantId, scopes: key.scopes };
}
