import type { Config } from "./config.ts";

/**
 * The origin of a tenant's pages, "https://host". `domain`: the tenant's own host name; null: none. Scheme
 * and port are those of PUBLIC_URL, which must be set.
 */
export function tenantOrigin({ PUBLIC_URL }: Pick<Config, "PUBLIC_URL">, domain: string | null): string {
  const url = new URL(PUBLIC_URL);
  if (domain !== null) url.hostname = domain;
  return url.origin;
}
