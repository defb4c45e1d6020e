import type { Config } from "./config.ts";

/**
 * Where the people of a tenant reach the product, "https://host". `domain`: the tenant's own host name; null: it has none. Scheme and port are
 * those of PUBLIC_URL, which has to be set.
 */
export function tenantOrigin({ PUBLIC_URL }: Pick<Config, "PUBLIC_URL">, domain: string | null): string {
  const url = new URL(PUBLIC_URL);
  if (domain !== null) url.hostname = domain;
  return url.origin;
}
