import type { Refusal } from "@tafelrunde/protocol";
import type { MiddlewareHandler } from "hono";
import type { Config } from "../config.ts";
import type { LimitName, Limits } from "../limits.ts";
import { clientAddress } from "./address.ts";
import { ProblemError } from "./problem.ts";
import type { Runtime } from "./signal.ts";

/** Takes one point of the address's limit, or answers 429 with `Retry-After`. */
export function limitBy(
  limits: Limits,
  name: LimitName,
  config: Config,
  runtime: Runtime,
): MiddlewareHandler {
  return async (c, next) => {
    const limited = await limits.take(name, clientAddress(c, config, runtime));
    if (limited !== undefined) throw tooFrequent(limited);
    await next();
  };
}

/** 429 that says when to come back. */
export function tooFrequent({ refused, retryAfterMs = 1_000 }: Refusal): ProblemError {
  return new ProblemError(429, refused, "Too many requests from this address.", {
    "retry-after": String(Math.ceil(retryAfterMs / 1000)),
  });
}
