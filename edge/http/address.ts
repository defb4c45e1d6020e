import type { Context } from "hono";
import type { Config } from "../config.ts";
import { type AddressKey, clientKey } from "../network_address.ts";
import type { Runtime } from "./signal.ts";

/** Where a request comes from, for limits only: never logged, never stored. Behind proxies, what those that are trusted say. */
export function clientAddress(
  c: Context,
  { TRUSTED_PROXIES }: Config,
  runtime: Pick<Runtime, "peerAddress">,
): AddressKey {
  return clientKey(runtime.peerAddress(c), c.req.header("x-forwarded-for"), TRUSTED_PROXIES);
}
