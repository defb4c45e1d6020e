import type { Context } from "hono";
import type { Config } from "../config.ts";
import type { Runtime } from "./signal.ts";

/** Where a request comes from, for limits only: never logged, never stored. Behind a proxy, what the proxy added last. */
export function clientAddress(c: Context, config: Config, runtime: Pick<Runtime, "peerAddress">): string {
  const forwarded = config.TRUST_PROXY
    ? c.req.header("x-forwarded-for")?.split(",").at(-1)?.trim()
    : undefined;
  return forwarded || runtime.peerAddress(c);
}
