import type { Context, MiddlewareHandler } from "hono";
import type { EdgeContext } from "../context.ts";
import { refusalError } from "../errors.ts";
import { ALL_LIMITS } from "../all_limits.ts";
import type { LimitName } from "../limit_table.ts";
import type { Draw, Limits } from "../limits.ts";
import type { AddressKey } from "../network_address.ts";
import { clientAddress } from "./address.ts";
import { codeOf } from "./problem.ts";

/** Takes one point of the address's limit, or answers 429 with `Retry-After`. */
export function limitBy(
  context: Pick<EdgeContext, "limits" | "config" | "runtime">,
  name: LimitName,
): MiddlewareHandler {
  return async (c, next) => {
    tellPoint(c, name, await context.limits.drawOf(name, clientAddress(c, context)));
    await next();
  };
}

/**
 * Sets headers with the remaining points, or answers 429 with `Retry-After`. Source of the headers:
 * draft-ietf-httpapi-ratelimit-headers-10, RateLimit and RateLimit-Policy.
 */
export function tellPoint(c: Context, name: LimitName, { remaining, resetMs, refusal }: Draw): void {
  const { points, durationS } = ALL_LIMITS[name];
  c.header("ratelimit-policy", `"${name}";q=${points};w=${durationS}`);
  c.header("ratelimit", `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`);
  if (refusal !== undefined) throw refusalError(refusal);
}

/**
 * The result of `work`. A wrong secret (the problem `wrong`) takes a point of the address: a client that
 * tries many gets 429, but a correct secret is still accepted.
 */
export async function slowWrong<Result>(
  limits: Limits,
  address: AddressKey,
  wrong: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) !== wrong) throw error;
    const refusal = await limits.takeOf("secret.wrong", address);
    throw refusal === undefined ? error : refusalError(refusal);
  }
}
