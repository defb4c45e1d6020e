import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { offerDirectly } from "./direct.ts";
import type { Db, Schema } from "./schema.ts";
import { migrate } from "./migrate.ts";

/** An open database, migrated. */
export interface Store extends AsyncDisposable {
  readonly db: Db;
  readonly kind: "postgres" | "pglite";
}

/** Another process has the PGlite directory open. */
export class StoreInUse extends Error {
  override readonly name = "StoreInUse";
}

/** Connections of one edge to PostgreSQL. */
const POOL_SIZE = 10;

/** Opens PostgreSQL at `url` and brings its schema up to date. */
export async function openPostgres(url: string): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: 5_000,
    // Idle connections are kept: no timer for each query.
    idleTimeoutMillis: 0,
    statement_timeout: 10_000,
  });
  // A connection that breaks is replaced by the pool, and the queries on it report their own failure: nothing is left to do here. One that is
  // in use at that moment tells it itself, not through the pool.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const db: Db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  offerDirectly(db, (text, parameters) => pool.query(text, parameters));
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, kind: "postgres", [Symbol.asyncDispose]: () => db.destroy() };
}

/**
 * Opens PGlite in `directory` (undefined: in memory) and brings its schema up to date. Throws StoreInUse when another process has it open:
 * PGlite itself would let two write the same files.
 */
export async function openPglite(directory?: string): Promise<Store> {
  const lock = directory === undefined ? undefined : lockDirectory(directory);
  try {
    const store = await pgliteStore(
      await (directory === undefined ? PGlite.create() : PGlite.create(directory)),
    );
    return {
      ...store,
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

/** Brings the schema of an open PGlite up to date; the store's end is the client's. */
export async function pgliteStore(client: PGlite): Promise<Store> {
  const db: Db = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite: client }) });
  await migrate(db);
  // Nothing here gathers statistics: a planner that takes every table for small would collect and sort what an index has in order.
  await sql`set enable_bitmapscan = off`.execute(db);
  return {
    db,
    kind: "pglite",
    async [Symbol.asyncDispose]() {
      await db.destroy();
      if (!client.closed) await client.close();
    },
  };
}

/** Takes the exclusive lock; the operating system frees it when the process ends, however it ends. */
function lockDirectory(directory: string): Deno.FsFile {
  Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = Deno.openSync(`${directory}.lock`, { create: true, write: true, mode: 0o600 });
  if (file.tryLockSync(true)) return file;
  file.close();
  throw new StoreInUse(`${directory} is in use by another process`);
}
