import { randomToken } from "@tafelrunde/protocol";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Config } from "../config.ts";
import { DEVICE } from "../device.ts";
import { trustsProxies } from "../network_address.ts";

/** How long a device is remembered, seconds. Chromium keeps no cookie longer than 400 days. */
const MAX_AGE_S = 400 * 86_400;

/** Whether people reach us by https; then cookies are bound to it. */
export function isSecure(c: Context, config: Config): boolean {
  if (config.PUBLIC_URL !== "") return config.PUBLIC_URL.startsWith("https:");
  const forwarded = trustsProxies(config.TRUSTED_PROXIES) ? c.req.header("x-forwarded-proto") : undefined;
  return /^\s*https/i.test(forwarded ?? new URL(c.req.url).protocol);
}

/** The device that sent the request; undefined: it has no (sound) cookie. */
export function readDevice(c: Context, config: Config): string | undefined {
  const value = getCookie(c, cookieName(c, config));
  return value !== undefined && DEVICE.test(value) ? value : undefined;
}

/** The device that sent the request, or a new one, whose cookie goes out with the answer. */
export function ensureDevice(c: Context, config: Config): string {
  const known = readDevice(c, config);
  if (known !== undefined) return known;
  const value = randomToken();
  setCookie(c, cookieName(c, config), value, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: isSecure(c, config),
    maxAge: MAX_AGE_S,
  });
  return value;
}

/** Browsers take `__Host-` only from https, and Safari takes no Secure cookie from http://localhost. */
function cookieName(c: Context, config: Config): string {
  return isSecure(c, config) ? "__Host-tafelrunde" : "tafelrunde";
}
