import type { PGlite } from "@electric-sql/pglite";
import { Kysely, PostgresDialect, type PostgresPool as KyselyPool, sql } from "kysely";
import { causeOf } from "@tafelrunde/protocol/process/cause";
import { offerDirectly } from "./direct.ts";
import { checkDatabase } from "./fitness.ts";
import { migrate } from "./migrate.ts";
import { openPgliteFiles } from "./pglite.ts";
import { FairPgliteDialect } from "./pglite_dialect.ts";
import {
  ANSWER_MS,
  Doubt,
  DOUBTED_ANSWER_MS,
  type PoolOptions,
  PostgresPool,
  STATEMENT_MS,
} from "./postgres.ts";
import type { Db, Schema } from "./schema.ts";
import { lookForPostgresSpace, lookForSpace } from "./space.ts";
import { sqlStateOf, StoreUnavailable, StoreUnusable } from "./unavailable.ts";

/** An open, migrated database. */
export interface Store extends AsyncDisposable {
  readonly db: Db;
  /**
   * The same database on a separate connection that nobody else uses, given up after 2 s of silence: for
   * health checks.
   */
  readonly vital: Db;
  /**
   * Writes about a megabyte where the database keeps its data, and deletes it. Throws the error of a full
   * disk (SQLSTATE 53100).
   */
  lookForSpace(): Promise<void>;
  readonly kind: "postgres" | "pglite";
}

/** Another process has the PGlite directory open. */
export class StoreInUse extends Error {
  override readonly name = "StoreInUse";
}

/** Connections of one edge to PostgreSQL, without the one for health checks. */
export const POOL_SIZE = 10;

/** Longest time for all migrations, including the wait for another edge's, ms. */
const MIGRATION_MS = 30 * 60_000;

/** Opens PostgreSQL at `url` and migrates it. Throws StoreUnusable if it cannot be used or reached. */
export async function openPostgres(url: string): Promise<Store> {
  const doubt = new Doubt();
  const make = (options: Pick<PoolOptions, "size" | "answerMs" | "statementMs">) => {
    const pool = new PostgresPool({ url, doubt, ...options });
    const dialect = new PostgresDialect({ pool: pool as unknown as KyselyPool });
    return { pool, db: new Kysely<Schema>({ dialect }) };
  };
  await setUp(make({ size: 1, answerMs: MIGRATION_MS, statementMs: 0 }).db);
  const { pool, db } = make({ size: POOL_SIZE, answerMs: ANSWER_MS, statementMs: STATEMENT_MS });
  const { db: vital } = make({ size: 1, answerMs: DOUBTED_ANSWER_MS, statementMs: DOUBTED_ANSWER_MS });
  offerDirectly(db, (text, parameters) => pool.query(text, parameters));
  return {
    db,
    vital,
    kind: "postgres",
    lookForSpace: () => lookForPostgresSpace(vital),
    async [Symbol.asyncDispose]() {
      await Promise.all([db.destroy(), vital.destroy()]);
    },
  };
}

/** Checks that the database is usable, and migrates it. */
async function setUp(db: Db): Promise<void> {
  try {
    await checkDatabase(db);
    await migrate(db);
  } catch (error) {
    if (error instanceof StoreUnavailable) throw new StoreUnusable(`DATABASE_URL: ${causeOf(error)}`);
    // 3F: no schema for tables, 42501: no permission. Source: PostgreSQL, appendix A.
    if (!/^3F|^42501$/.test(sqlStateOf(error) ?? "")) throw error;
    throw new StoreUnusable(
      `DATABASE_URL: its user cannot make tables in the database (${causeOf(error)}). ` +
        "It needs to own the database, or CREATE on the first schema of its search_path.",
    );
  } finally {
    await db.destroy();
  }
}

/**
 * Opens PGlite in `directory` (undefined: in memory) and migrates it. Throws StoreInUse if another process
 * has it open: PGlite itself would let two write the same files.
 */
export async function openPglite(directory?: string): Promise<Store> {
  const lock = directory === undefined ? undefined : lockDirectory(directory);
  try {
    const store = await pgliteStore(await openPgliteFiles(directory));
    return {
      ...store,
      ...directory !== undefined && { lookForSpace: () => lookForSpace(`${directory}.space`) },
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        lock?.close();
      },
    };
  } catch (error) {
    lock?.close();
    throw error;
  }
}

/** Migrates an open PGlite. Disposing the store closes it. */
export async function pgliteStore(client: PGlite): Promise<Store> {
  const db: Db = new Kysely<Schema>({ dialect: new FairPgliteDialect(client) });
  await migrate(db);
  // Without statistics, the planner takes every table for small, and would collect and sort what an index has
  // in order.
  await sql`set enable_bitmapscan = off`.execute(db);
  return {
    db,
    vital: db,
    kind: "pglite",
    lookForSpace: () => Promise.resolve(),
    async [Symbol.asyncDispose]() {
      await db.destroy();
      if (!client.closed) await client.close();
    },
  };
}

/** Takes an exclusive lock; the operating system releases it when the process ends in any way. */
function lockDirectory(directory: string): Deno.FsFile {
  Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = Deno.openSync(`${directory}.lock`, { create: true, write: true, mode: 0o600 });
  if (file.tryLockSync(true)) return file;
  file.close();
  throw new StoreInUse(`${directory} is in use by another process`);
}
