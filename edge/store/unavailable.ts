/** The database cannot be reached, does not answer, or has cut us off; `cause` says how. Whether what was asked came about is not known. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** The database at hand cannot be used as it is; the message is a sentence for who runs the installation. */
export class StoreUnusable extends Error {
  override readonly name = "StoreUnusable";
}

/**
 * Classes of SQLSTATE that say that the database is away, full or not to be written to. Source: PostgreSQL 15, appendix A (08 connection,
 * 53 resources, 57 operator intervention, 58 system).
 */
const AWAY = /^(08|53|57|58)...$|^25006$/;

/** The code of an error of PostgreSQL or PGlite; undefined: it is none. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Whether something failed because the database is away, full or read-only: no bug of ours, and to be tried again later. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof StoreUnavailable || AWAY.test(sqlStateOf(error) ?? "");
}
