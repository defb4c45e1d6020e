import { CompiledQuery } from "kysely";
import type { Db } from "./schema.ts";

/** Runs one statement by the driver itself. */
type Run = (text: string, parameters: unknown[]) => Promise<unknown>;

const runs = new WeakMap<Db, Run>();

/** From now on `executeDirectly` on `db`, though not on its transactions, is `run`. */
export function offerDirectly(db: Db, run: Run): void {
  runs.set(db, run);
}

/**
 * Executes one statement past Kysely, whose layers of promises take 6 % of an edge's processor time where each event is a statement (bench:edge,
 * `fanout`). Through Kysely in a transaction, and where nothing else is offered: PGlite has one connection, and a transaction on it is Kysely's
 * to end. Throws what the database throws.
 */
export async function executeDirectly(db: Db, text: string, parameters: unknown[]): Promise<void> {
  const run = runs.get(db);
  if (run === undefined) await db.executeQuery(CompiledQuery.raw(text, parameters));
  else await run(text, parameters);
}
