import type { Db } from "./schema.ts";

/** Times that a transaction is tried. PostgreSQL has waited a second (deadlock_timeout) each time before it ends one. */
const MAX_TRIES = 5;

/** Thrown in a transaction that found something free which another has taken since: run again, it finds it taken. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
}

/**
 * Runs `act` in a transaction: that of `db` if it is one, else one of its own. One that the database ends because two wait for each other, or that
 * throws Overtaken, is run again: `act` does nothing that a rollback does not undo. Who locks several rows does so in this order, so that it is rare: rooms, meetings, the
 * tenant, accounts.
 */
export async function inTransaction<Result>(db: Db, act: (trx: Db) => Promise<Result>): Promise<Result> {
  if (db.isTransaction) return await act(db);
  for (let tries = 1;; tries++) {
    try {
      return await db.transaction().execute(act);
    } catch (error) {
      if (tries === MAX_TRIES || !(error instanceof Overtaken || isDeadlock(error))) throw error;
    }
  }
}

/** Source: PostgreSQL, appendix A, class 40. */
function isDeadlock(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "40P01";
}
