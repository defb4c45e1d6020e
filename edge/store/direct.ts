import { CompiledQuery } from "kysely";
import type { Db } from "./schema.ts";

/** Runs one statement with the driver. */
type Run = (text: string, parameters: unknown[]) => Promise<unknown>;

const runs = new WeakMap<Db, Run>();

/** Makes `executeDirectly` on `db`, but not on its transactions, use `run`. */
export function offerDirectly(db: Db, run: Run): void {
  runs.set(db, run);
}

/**
 * Executes one statement without Kysely, whose layers of promises take 6 % of an edge's processor time if
 * each event is a statement (bench:edge, `fanout`). Uses Kysely in a transaction, and on PGlite: it has one
 * connection, and Kysely must end a transaction on it. Throws the database's errors.
 */
export async function executeDirectly(db: Db, text: string, parameters: unknown[]): Promise<void> {
  const run = runs.get(db);
  if (run === undefined) await db.executeQuery(CompiledQuery.raw(text, parameters));
  else await run(text, parameters);
}
