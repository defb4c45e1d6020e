import type { Context } from "hono";
import type { Config } from "../config.ts";
import { type AddressKey, clientKey } from "../network_address.ts";
import type { Runtime } from "./signal.ts";

/**
 * The client's address, for limits only: never logged, never stored. Behind trusted proxies, the address that
 * they report.
 */
export function clientAddress(
  c: Context,
  { TRUSTED_PROXIES }: Config,
  runtime: Pick<Runtime, "peerAddress">,
): AddressKey {
  return clientKey(runtime.peerAddress(c), c.req.header("x-forwarded-for"), TRUSTED_PROXIES);
}
