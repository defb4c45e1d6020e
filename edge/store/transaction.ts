import type { Db } from "./schema.ts";

/** Tries of a transaction. PostgreSQL waits a second (deadlock_timeout) each time before it aborts one. */
const MAX_TRIES = 5;

/** Thrown in a transaction when something it found free was taken meanwhile: run again, it finds it taken. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
}

/**
 * Runs `act` in a transaction: in `db` if that is one, otherwise in a new one. A new one that the database
 * aborts because of a deadlock, or that throws Overtaken, is run again, so `act` must do nothing that a
 * rollback does not undo. To make deadlocks rare, lock rows in this order: rooms, meetings, the tenant,
 * accounts.
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
