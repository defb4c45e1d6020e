import { randomToken } from "@tafelrunde/protocol";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Config } from "../config.ts";
import { DEVICE } from "../device.ts";
import { trustsProxies } from "../network_address.ts";

/** Lifetime of the device cookie, seconds. Chromium keeps no cookie longer than 400 days. */
const MAX_AGE_S = 400 * 86_400;

/** Whether clients connect by https; cookies are then marked Secure. */
export function isSecure(c: Context, config: Config): boolean {
  if (config.PUBLIC_URL !== "") return config.PUBLIC_URL.startsWith("https:");
  const forwarded = trustsProxies(config.TRUSTED_PROXIES) ? c.req.header("x-forwarded-proto") : undefined;
  return /^\s*https/i.test(forwarded ?? new URL(c.req.url).protocol);
}

/** The device that sent the request; undefined: it has no (valid) cookie. */
export function readDevice(c: Context, config: Config): string | undefined {
  const value = getCookie(c, cookieName(c, config));
  return value !== undefined && DEVICE.test(value) ? value : undefined;
}

/** The device that sent the request, or a new one, whose cookie is set in the response. */
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

/** Browsers accept `__Host-` only over https, and Safari accepts no Secure cookie from http://localhost. */
function cookieName(c: Context, config: Config): string {
  return isSecure(c, config) ? "__Host-tafelrunde" : "tafelrunde";
}
