import type { Context } from "hono";
import type { EdgeContext } from "../context.ts";
import { type AddressKey, clientKey } from "../network_address.ts";

/**
 * The client's address, for limits only: never logged, never stored. Behind trusted proxies, the address that
 * they report.
 */
export function clientAddress(
  c: Context,
  { config, runtime }: Pick<EdgeContext, "config" | "runtime">,
): AddressKey {
  return clientKey(runtime.peerAddress(c), c.req.header("x-forwarded-for"), config.TRUSTED_PROXIES);
}
