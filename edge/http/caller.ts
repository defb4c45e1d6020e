import type { Context, MiddlewareHandler } from "hono";
import { type Caller, findKeyCaller, findSessionCaller } from "../identity/caller.ts";
import type { IdentityContext } from "../context.ts";
import { API_KEY_PREFIX } from "../identity/secret.ts";
import { readSessionCookie, writeSessionCookie } from "./session_cookie.ts";

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

/** Lets later handlers call `readCaller`. Sends no query by itself. */
export function withCaller(context: IdentityContext): MiddlewareHandler {
  return async (c, next) => {
    let found: Promise<Found> | undefined;
    c.set("findCaller", () => found ??= findCaller(c, context));
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

async function findCaller(c: Context, context: IdentityContext): Promise<Found> {
  const [scheme, token] = (c.req.header("authorization") ?? "").split(" ");
  if (scheme === "Bearer" && token?.startsWith(API_KEY_PREFIX)) {
    return { caller: await findKeyCaller(context.db, token, context.now()), isLapsed: false };
  }
  const secret = readSessionCookie(c, context.config);
  const found = secret === undefined ? undefined : await findSessionCaller(context, secret);
  if (found === undefined) return { caller: { kind: "nobody" }, isLapsed: false };
  if (found.renewed !== undefined) writeSessionCookie(c, context.config, found.renewed);
  return found;
}
