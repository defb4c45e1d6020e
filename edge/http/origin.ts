import type { TenantId } from "@tafelrunde/protocol";
import type { Context, MiddlewareHandler } from "hono";
import type { Config } from "../config.ts";
import { trustsProxies } from "../network_address.ts";
import { tenantOrigin } from "../public_origin.ts";
import type { Db } from "../store/schema.ts";
import { findTenantByDomain, getTenant, getTenantByHost, type Tenant } from "../store/tenant.ts";
import { isSecure } from "./device_cookie.ts";
import { ProblemError } from "./problem.ts";

/** What finding a request's origin needs of the edge. */
export interface Sites {
  readonly db: Db;
  readonly config: Config;
}

/**
 * The origin that a request was sent to, "https://host": that of PUBLIC_URL, or of the tenant with the
 * requested host name. Without PUBLIC_URL, the requested one.
 */
export async function requestOrigin(c: Context, { db, config }: Sites): Promise<string> {
  if (config.PUBLIC_URL === "") return namedUrl(c, config).origin;
  for (const host of namedHosts(c, config)) {
    if (host === hostOf(new URL(config.PUBLIC_URL))) break;
    const tenant = await findTenantByDomain(db, host);
    if (tenant !== undefined) return tenantOrigin(config, tenant.domain);
  }
  return new URL(config.PUBLIC_URL).origin;
}

/** The tenant that a request was sent to, by its host name; the default tenant if no other has it. */
export async function requestTenant(c: Context, sites: Sites): Promise<Tenant> {
  return await getTenantByHost(sites.db, new URL(await requestOrigin(c, sites)).hostname);
}

/** The origin of `tenantId`, for links to pass on, whoever the caller is and whatever host was requested. */
export async function originOfTenant(c: Context, sites: Sites, tenantId: TenantId): Promise<string> {
  const { db, config } = sites;
  if (config.PUBLIC_URL === "") return await requestOrigin(c, sites);
  return tenantOrigin(config, (await getTenant(db, tenantId)).domain);
}

/**
 * Refuses requests from other sites' pages: browsers send the origin with each POST and each WebSocket.
 * Throws 403.
 */
export async function refuseForeignOrigin(c: Context, sites: Sites): Promise<void> {
  const origin = c.req.header("origin");
  if (origin === undefined) return;
  const asked = URL.parse(origin);
  if (asked !== null && withoutDot(asked).origin === await requestOrigin(c, sites)) return;
  throw new ProblemError(
    403,
    "request.foreignOrigin",
    "Requests from pages of other sites are refused.",
  );
}

/** The same as middleware, for handlers that are not a `route`. */
export function sameOrigin(sites: Sites): MiddlewareHandler {
  return async (c, next) => {
    await refuseForeignOrigin(c, sites);
    await next();
  };
}

/** Refuses a request with an invalid Host ("meet:99999999"), which Deno's server passes on. Throws 400. */
export const requireHost: MiddlewareHandler = async (c, next) => {
  if (!URL.canParse(c.req.url)) {
    throw new ProblemError(400, "request.invalid", "The Host header is invalid.");
  }
  await next();
};

/**
 * Without PUBLIC_URL, refuses a request to a host name that anybody on the internet can register: it might
 * come from a page of another site whose name was made to resolve to this edge (DNS rebinding), and that
 * sends its own name as Host and as Origin. Throws 421.
 */
export function refuseForeignHost(sites: Sites): MiddlewareHandler {
  return async (c, next) => {
    const { db, config } = sites;
    if (config.PUBLIC_URL === "") {
      const host = hostOf(namedUrl(c, config));
      if (!isOwnName(host) && await findTenantByDomain(db, host) === undefined) {
        throw new ProblemError(
          421,
          "request.foreignHost",
          "This host name is not configured for this installation. If it is correct, set PUBLIC_URL.",
        );
      }
    }
    await next();
  };
}

/**
 * Domains in which nobody on the internet can register a name. Source: RFC 6761, RFC 6762, RFC 8375, ICANN's
 * resolution of 2024-07-29 on .internal.
 */
const PRIVATE_DOMAINS = /\.(localhost|local|internal|home\.arpa|test)$/;

/**
 * Whether a host, as URL parses it, cannot be anyone else's: an address, a name without a dot, a name of the
 * edge's own network.
 */
function isOwnName(host: string): boolean {
  return host.startsWith("[") || !host.includes(".") || /^\d+\.\d+\.\d+\.\d+$/.test(host) ||
    PRIVATE_DOMAINS.test(host);
}

/**
 * The hosts that a request names, the likeliest first: proxies that put their own name into Host pass the
 * requested one in another header.
 */
function namedHosts(c: Context, config: Config): string[] {
  const forwarded = trustsProxies(config.TRUSTED_PROXIES) ? c.req.header("x-forwarded-host") : undefined;
  const others = (forwarded ?? "").split(",", 4).map((host) => URL.parse(`http://${host.trim()}`));
  return [namedUrl(c, config), ...others].filter((url) => url !== null).map(hostOf);
}

function namedUrl(c: Context, config: Config): URL {
  const asked = new URL(c.req.url);
  const scheme = isSecure(c, config) ? "https" : "http";
  return withoutDot(URL.parse(`${scheme}://${c.req.header("host") ?? asked.host}`) ?? asked);
}

function hostOf(url: URL): string {
  return withoutDot(url).hostname;
}

/** "meet.example.org." is the same host as "meet.example.org". Source: RFC 1034 §3.1. */
function withoutDot(url: URL): URL {
  if (url.hostname.endsWith(".")) url.hostname = url.hostname.slice(0, -1);
  return url;
}
