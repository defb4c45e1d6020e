import type { Db } from "./schema.ts";

/** Runs `act` in a transaction: that of `db` if it is one, else one of its own. */
export function inTransaction<Result>(db: Db, act: (trx: Db) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? act(db) : db.transaction().execute(act);
}
