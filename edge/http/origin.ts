import type { Context, MiddlewareHandler } from "hono";
import type { Config } from "../config.ts";
import { isSecure } from "./device_cookie.ts";
import { ProblemError } from "./problem.ts";

/** Where people reach us, "https://host", as configured or as the request names it. */
export function publicOrigin(c: Context, config: Config): string {
  if (config.PUBLIC_URL !== "") return new URL(config.PUBLIC_URL).origin;
  return `${isSecure(c, config) ? "https" : "http"}://${c.req.header("host") ?? new URL(c.req.url).host}`;
}

/** Refuses what another site's page sends in a person's name: browsers tell the origin with each POST and each WebSocket. Throws 403. */
export function refuseForeignOrigin(c: Context, config: Config): void {
  const origin = c.req.header("origin");
  if (origin === undefined || origin === publicOrigin(c, config)) return;
  throw new ProblemError(
    403,
    "request.foreignOrigin",
    "Requests from pages of other sites are not taken.",
  );
}

/** The same for what is no route. */
export function sameOrigin(config: Config): MiddlewareHandler {
  return async (c, next) => {
    refuseForeignOrigin(c, config);
    await next();
  };
}
