import { Socket } from "node:net";
import pg from "pg";
import { ConnectionTurns } from "./connection_turns.ts";
import { sqlStateOf, StoreUnavailable } from "./unavailable.ts";

/** How long a statement may run in the server, ms: shorter than it is waited for here, so that what is slow and what is silent are told apart. */
export const STATEMENT_MS = 9_000;

/** How long an answer is waited for, ms. */
export const ANSWER_MS = 10_000;

/** The same for a connection in doubt, and for a question that has no work in it, ms. */
export const DOUBTED_ANSWER_MS = 2_000;

/** How long a connection may take to be made, or to become free, ms. */
export const CONNECT_MS = 5_000;

/** An idle connection that was silent for so long is asked for a sign of life before it is used, ms. */
const FRESH_MS = 1_000;

/** How often it is looked whether answers are overdue, ms. */
const LOOK_MS = 250;

/** How long after the first one that was not answered a TCP probe of the system's may follow on an idle connection, ms. */
const KEEP_ALIVE_MS = 10_000;

/** How long a connection may take to end in order, ms. */
const GOODBYE_MS = 500;

/**
 * What an installation's or a role's own settings would change in the meaning or the form of what is asked and answered. Those that a server
 * does not know are left out. Not among them: whether it is read-only, the schema and durability, which are for its administrator to say.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  DateStyle: "ISO, MDY",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  bytea_output: "hex",
  extra_float_digits: "1",
  standard_conforming_strings: "on",
  transform_null_equals: "off",
  default_transaction_isolation: "read committed",
  default_transaction_deferrable: "off",
  lock_timeout: "0",
  transaction_timeout: "0",
  idle_session_timeout: "0",
  // A transaction whose edge is gone without a word lets go of its locks.
  idle_in_transaction_session_timeout: String(ANSWER_MS),
};

/** Not sent with the start of a connection: PgBouncer refuses what it does not know there. */
const SET = `select set_config(wish.name, wish.value, false)
  from json_each_text($1::json) as wish(name, value) join pg_settings on pg_settings.name = wish.name`;

/** Since when connections are in doubt: one of those made before was silent. Shared by all pools to one server. */
export class Doubt {
  since = -Infinity;

  raise(): void {
    this.since = performance.now();
  }
}

/** One connection, with its socket at hand: the library ends a connection by asking the server, which may be silent. */
export class PostgresConnection extends pg.Client {
  readonly #socket: Socket;
  readonly bornAt = performance.now();
  heardAt = this.bornAt;
  /** What is asked now, and how long it may take, ms. */
  question: { readonly at: number; readonly limitMs: number } | undefined;
  /** Cut here, since it was silent. */
  isSilent = false;
  /** Not to be used again. */
  isBroken = false;

  constructor(config: pg.ClientConfig) {
    const socket = new Socket();
    super({ ...config, stream: () => socket });
    this.#socket = socket;
    // What is asked on it reports its own failure, and idle ones are replaced by the pool.
    this.on("error", () => this.isBroken = true);
  }

  /** Ends it here, whatever the server does. */
  cut(): void {
    this.isBroken = true;
    this.#socket.destroy();
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /** Asks one question, to be answered within `limitMs` if anybody looks after that. Throws StoreUnavailable and what the database throws. */
  async ask(text: string, parameters: readonly unknown[], limitMs: number): Promise<pg.QueryResult> {
    this.question = { at: performance.now(), limitMs };
    try {
      return await this.query(text, [...parameters]);
    } catch (error) {
      throw this.#read(error);
    } finally {
      this.question = undefined;
      this.heardAt = performance.now();
    }
  }

  /** The same, and looks after the limit itself. */
  async askWithin(limitMs: number, text: string, parameters: readonly unknown[] = []) {
    const timer = setTimeout(() => {
      this.isSilent = true;
      this.cut();
    }, limitMs);
    try {
      return await this.ask(text, parameters, limitMs);
    } finally {
      clearTimeout(timer);
    }
  }

  #read(error: unknown): unknown {
    if (this.isSilent) return new StoreUnavailable("The database does not answer.");
    const state = sqlStateOf(error);
    // Of a server that has become read-only: the next connection may reach the one that took over.
    if (state !== undefined) {
      if (/^08|^57P|^25006$/.test(state)) this.isBroken = true;
      return error;
    }
    if (error instanceof TypeError || error instanceof RangeError) return error;
    this.isBroken = true;
    return new StoreUnavailable("The connection to the database is lost.", { cause: error });
  }
}

export interface PoolOptions {
  readonly url: string;
  readonly size: number;
  /** How long an answer is waited for, ms. */
  readonly answerMs: number;
  /** How long a statement may run in the server, ms; 0: as long as it likes. */
  readonly statementMs: number;
  readonly connectMs?: number;
  readonly doubt: Doubt;
}

/**
 * Connections to PostgreSQL of which none is waited for without end: who does not answer in time is cut, and all that were made before are in doubt
 * then and are replaced. What fails so is StoreUnavailable. Fit for Kysely.
 */
export class PostgresPool {
  /** Kysely asks for it. */
  readonly options = {};
  readonly #pool: pg.Pool;
  readonly #turns: ConnectionTurns;
  readonly #answerMs: number;
  readonly #doubt: Doubt;
  readonly #all = new Set<PostgresConnection>();
  readonly #users = new WeakMap<PostgresConnection, PoolUser>();
  readonly #looking: ReturnType<typeof setInterval>;
  #lookedAt = performance.now();

  constructor({ url, size, answerMs, statementMs, connectMs = CONNECT_MS, doubt }: PoolOptions) {
    this.#answerMs = answerMs;
    this.#doubt = doubt;
    this.#turns = new ConnectionTurns(size, connectMs);
    const settings = JSON.stringify({ ...SETTINGS, statement_timeout: String(statementMs) });
    const all = this.#all;
    class Connection extends PostgresConnection {
      constructor(config: pg.ClientConfig) {
        super(config);
        all.add(this);
        this.once("end", () => all.delete(this));
      }
    }
    this.#pool = new pg.Pool({
      connectionString: url,
      Client: Connection as unknown as new () => pg.ClientBase,
      max: size,
      connectionTimeoutMillis: connectMs,
      // Idle connections are kept: no timer for each query.
      idleTimeoutMillis: 0,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      onConnect: async (client) => {
        const connection = client as unknown as PostgresConnection;
        // First, since the rest could take longer than what is set.
        await connection.askWithin(connectMs, "set statement_timeout = 0");
        await connection.askWithin(connectMs, SET, [settings]);
      },
    });
    // Of idle connections, which the pool replaces.
    this.#pool.on("error", () => {});
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  /** A connection that is most likely alive, for one user until `release`. Rejects with StoreUnavailable. */
  async connect(): Promise<PoolUser> {
    const leftMs = await this.#turns.take();
    try {
      return await this.#connect(leftMs);
    } catch (error) {
      this.#turns.giveBack();
      throw error;
    }
  }

  async #connect(leftMs: number | undefined): Promise<PoolUser> {
    for (;;) {
      const connection = await this.#take(leftMs);
      if (connection.bornAt < this.#doubt.since) {
        connection.cut();
      } else if (performance.now() - connection.heardAt < FRESH_MS || await this.#answers(connection)) {
        return this.#userOf(connection);
      }
      release(connection, true);
    }
  }

  /** Runs one statement. Rejects with StoreUnavailable and what the database throws. */
  async query(text: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    const user = await this.connect();
    try {
      return await user.query(text, parameters);
    } finally {
      user.release();
    }
  }

  async end(): Promise<void> {
    this.#turns.end();
    await this.#pool.end();
    clearInterval(this.#looking);
    const goodbye = setTimeout(() => {
      for (const connection of this.#all) connection.cut();
    }, GOODBYE_MS);
    await Promise.all(
      [...this.#all].map((connection) =>
        connection.isClosed || new Promise((resolve) => connection.once("end", resolve))
      ),
    );
    clearTimeout(goodbye);
  }

  /** A connection; within `leftMs`, else in the time that one may take. */
  async #take(leftMs: number | undefined): Promise<PostgresConnection> {
    try {
      const taking = this.#pool.connect();
      return await (leftMs === undefined ? taking : within(leftMs, taking)) as unknown as PostgresConnection;
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      throw new StoreUnavailable("The database cannot be reached.", { cause: error });
    }
  }

  async #answers(connection: PostgresConnection): Promise<boolean> {
    try {
      await connection.ask("select 1", [], DOUBTED_ANSWER_MS);
      return true;
    } catch {
      this.#doubt.raise();
      return false;
    }
  }

  #userOf(connection: PostgresConnection): PoolUser {
    const user = this.#users.get(connection) ??
      new PoolUser(connection, this.#answerMs, () => this.#turns.giveBack());
    this.#users.set(connection, user);
    return user;
  }

  /** Cuts those whose answer is overdue. */
  #look(): void {
    const now = performance.now();
    // This process stood still: what has come meanwhile is to be read first.
    const stoodStill = now - this.#lookedAt > 4 * LOOK_MS;
    this.#lookedAt = now;
    if (stoodStill) return;
    for (const connection of this.#all) {
      if (connection.question === undefined) continue;
      const { at, limitMs } = connection.question;
      const isDoubted = connection.bornAt < this.#doubt.since;
      if (now - at < (isDoubted ? Math.min(limitMs, DOUBTED_ANSWER_MS) : limitMs)) continue;
      if (!isDoubted) this.#doubt.raise();
      connection.isSilent = true;
      connection.cut();
    }
  }
}

/** A connection as long as somebody has it. */
class PoolUser {
  readonly #connection: PostgresConnection;
  readonly #answerMs: number;
  readonly #released: () => void;

  constructor(connection: PostgresConnection, answerMs: number, released: () => void) {
    this.#connection = connection;
    this.#answerMs = answerMs;
    this.#released = released;
  }

  query(text: string, parameters: readonly unknown[] = []): Promise<pg.QueryResult> {
    return this.#connection.ask(text, parameters, this.#answerMs);
  }

  release(isBroken = false): void {
    release(this.#connection, isBroken);
    this.#released();
  }
}

/** Rejects with StoreUnavailable when no connection comes in time; one that comes later goes back. */
function within(ms: number, taking: Promise<pg.PoolClient>): Promise<pg.PoolClient> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new StoreUnavailable("The database cannot be reached in time."));
    }, ms);
    taking.then((client) => isLate ? client.release() : resolve(client), reject).finally(() =>
      clearTimeout(timer)
    );
  });
}

function release(connection: PostgresConnection, isBroken: boolean): void {
  (connection as unknown as pg.PoolClient).release(isBroken || connection.isBroken);
}
