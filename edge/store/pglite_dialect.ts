import type { PGlite } from "@electric-sql/pglite";
import { type DatabaseConnection, PGliteAdapter, PGliteDialect, PGliteDriver } from "kysely";
import { ConnectionTurns } from "./connection_turns.ts";

/** Longest wait for the connection, ms: longer than any migration takes. */
const WAIT_MS = 120_000;

/**
 * Kysely's dialect for PGlite, except that addresses take turns on the only connection, instead of first
 * come, first served.
 */
export class FairPgliteDialect extends PGliteDialect {
  readonly #pglite: PGlite;

  constructor(pglite: PGlite) {
    super({ pglite });
    this.#pglite = pglite;
  }

  override createAdapter(): PGliteAdapter {
    return new TakesTurns();
  }

  override createDriver(): PGliteDriver {
    return new FairPgliteDriver({ pglite: this.#pglite });
  }
}

/** The driver gives the connection to one user at a time, so Kysely need not. */
class TakesTurns extends PGliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class FairPgliteDriver extends PGliteDriver {
  readonly #turns = new ConnectionTurns(1, WAIT_MS);

  override async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turns.take();
    return await super.acquireConnection();
  }

  override async releaseConnection(): Promise<void> {
    await super.releaseConnection();
    this.#turns.giveBack();
  }

  override async destroy(): Promise<void> {
    this.#turns.end();
    await super.destroy();
  }
}
