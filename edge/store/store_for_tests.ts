import { openPostgres as openServer } from "../../tools/postgres.ts";
import { sql } from "kysely";
import { openPostgres, type Store } from "./open.ts";
import type { Db } from "./schema.ts";
import { createEmptyDatabase, openEmptyPglite } from "./template_for_tests.ts";

/** A fresh database of one kind. */
export interface TestStore extends AsyncDisposable {
  readonly store: Store;
  /** Opens the same database again, as another edge does; PGlite has only one user and returns the same. */
  again(): Promise<Store>;
}

/** The kinds of database that store tests run on. */
export const STORES: Readonly<Record<Store["kind"], () => Promise<TestStore>>> = {
  async pglite() {
    const store = await openEmptyPglite();
    return {
      store,
      again: () => Promise.resolve(store),
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
  },
  async postgres() {
    const server = await openServer();
    const url = await createEmptyDatabase(server);
    const stores = [await openPostgres(url)];
    return {
      store: stores[0]!,
      async again() {
        const store = await openPostgres(url);
        stores.push(store);
        return store;
      },
      async [Symbol.asyncDispose]() {
        for (const store of stores) await store[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  },
};

/**
 * A PostgreSQL database with the current schema and no rows, for tests that do not depend on the kind of
 * store. It takes a part of the processor time of a PGlite.
 */
export async function openEmptyPostgres(): Promise<Store> {
  const opened = await STORES.postgres();
  return { ...opened.store, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

/** A test on every kind of store; `run` names its steps. */
export function testOnStores(
  name: string,
  run: (test: TestStore, t: Deno.TestContext) => Promise<void>,
): void {
  for (const [kind, open] of Object.entries(STORES)) {
    Deno.test(`${name} (${kind})`, async (t) => {
      try {
        await using opened = await open();
        await run(opened, t);
      } catch (error) {
        throw error instanceof SuppressedError ? wholeOf(error) : error;
      }
    });
  }
}

/** The parts of an error that Deno would not show: what failed first, and what failed during its cleanup. */
function wholeOf({ error, suppressed }: SuppressedError): Error {
  const first: unknown = suppressed instanceof SuppressedError ? wholeOf(suppressed) : suppressed;
  const tell = (one: unknown) => one instanceof Error ? one.stack ?? one.message : String(one);
  return new Error(`${tell(first)}\nand then, at the end: ${tell(error)}`);
}

/**
 * Terminates the connections to this database with the application name `name`, as a restarted server or a
 * network failure would.
 */
export async function endConnections({ db }: Store, name: string): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = ${name} and datname = current_database()`.execute(db);
}

/** Number of rows per table. */
export async function countRows(db: Db): Promise<Record<string, number>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public'`.execute(db);
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows: [row] } = await sql<{ count: number | string }>`select count(*) from ${sql.table(name)}`
      .execute(db);
    counts[name] = Number(row!.count);
  }
  return counts;
}
