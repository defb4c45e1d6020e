import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Config } from "../config.ts";
import { SECRET } from "../identity/secret.ts";
import { SESSION_MAX_MS } from "../identity/session.ts";
import { isSecure } from "./device_cookie.ts";

/** The session secret of a request; undefined: it has no (valid) cookie. */
export function readSessionCookie(c: Context, config: Config): string | undefined {
  const value = getCookie(c, sessionCookieName(c, config));
  return value !== undefined && SECRET.test(value) ? value : undefined;
}

/** Sets the session cookie; null deletes it. */
export function writeSessionCookie(c: Context, config: Config, secret: string | null): void {
  setCookie(c, sessionCookieName(c, config), secret ?? "", {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: isSecure(c, config),
    maxAge: secret === null ? 0 : SESSION_MAX_MS / 1000,
  });
}

/** Browsers accept `__Host-` only over https, and Safari accepts no Secure cookie from http://localhost. */
export function sessionCookieName(c: Context, config: Config): string {
  return isSecure(c, config) ? "__Host-tafelrunde-session" : "tafelrunde-session";
}
