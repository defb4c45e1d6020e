import { causeOf } from "@tafelrunde/protocol/process/cause";
import type { Log } from "@tafelrunde/protocol/process/log";

/**
 * The database cannot be reached, does not answer, or has disconnected; `cause` has the details. It is
 * unknown whether the request had an effect.
 */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** The database cannot be used as it is; the message is a sentence for the operator. */
export class StoreUnusable extends Error {
  override readonly name = "StoreUnusable";
}

/**
 * Classes of SQLSTATE for a database that is unreachable, full or read-only. Source: PostgreSQL 15, appendix
 * A (08 connection, 53 resources, 57 operator intervention, 58 system).
 */
const AWAY = /^(08|53|57|58)...$|^25006$/;

/** The code of an error from PostgreSQL or PGlite; undefined: another error. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/**
 * Whether the failure means that the database is unreachable, full or read-only: not a bug of ours, retry
 * later.
 */
export function isStoreAway(error: unknown): boolean {
  return error instanceof StoreUnavailable || AWAY.test(sqlStateOf(error) ?? "");
}

/**
 * Logs as `event`, with its cause, a failure that will be retried; an unavailable database is logged as such.
 */
export function warnOf(log: Log, event: string, error: unknown): void {
  if (isStoreAway(error)) log.warn("store.away", { where: event, error });
  else log.warn(event, { error: causeOf(error) });
}
