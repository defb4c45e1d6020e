import { Socket } from "node:net";
import pg from "pg";
import { ConnectionTurns } from "./connection_turns.ts";
import { sqlStateOf, StoreUnavailable } from "./unavailable.ts";

/**
 * Longest run of a statement in the server, ms: shorter than the wait here, so slow and silent servers can be
 * distinguished.
 */
export const STATEMENT_MS = 9_000;

/** Longest wait for an answer, ms. */
export const ANSWER_MS = 10_000;

/** Longest wait for an answer on a doubtful connection, and to a trivial query, ms. */
export const DOUBTED_ANSWER_MS = 2_000;

/** Longest time for connecting, or until a connection is free, ms. */
export const CONNECT_MS = 5_000;

/** An idle connection that was silent for this time is checked before use, ms. */
const FRESH_MS = 1_000;

/** Interval of checks for overdue answers, ms. */
const LOOK_MS = 250;

/** Time until the first TCP keep-alive probe on an idle connection, ms. */
const KEEP_ALIVE_MS = 10_000;

/** Longest time for closing a connection in order, ms. */
const GOODBYE_MS = 500;

/**
 * Settings of an installation or a role that would change the meaning or format of queries and results. Those
 * unknown to a server are left out. Read-only mode, schema and durability are not set: they are the
 * administrator's choice.
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
  // A transaction whose edge has vanished must release its locks.
  idle_in_transaction_session_timeout: String(ANSWER_MS),
};

/** Not sent at connection start, where PgBouncer refuses unknown parameters. */
const SET = `select set_config(wish.name, wish.value, false)
  from json_each_text($1::json) as wish(name, value) join pg_settings on pg_settings.name = wish.name`;

/**
 * The time since which connections are in doubt: an earlier one was silent. Shared by all pools of one
 * server.
 */
export class Doubt {
  since = -Infinity;

  raise(): void {
    this.since = performance.now();
  }
}

/**
 * One connection with access to its socket: the library closes a connection by asking the server, which might
 * be silent.
 */
export class PostgresConnection extends pg.Client {
  readonly #socket: Socket;
  readonly bornAt = performance.now();
  heardAt = this.bornAt;
  /** The query in progress, and the longest wait for its answer, ms. */
  question: { readonly at: number; readonly limitMs: number } | undefined;
  /** Cut by this edge because it was silent. */
  isSilent = false;
  /** Must not be used again. */
  isBroken = false;

  constructor(config: pg.ClientConfig) {
    const socket = new Socket();
    super({ ...config, stream: () => socket });
    this.#socket = socket;
    // A query reports its own failure, and the pool replaces idle connections.
    this.on("error", () => this.isBroken = true);
  }

  /** Closes it locally, whatever the server does. */
  cut(): void {
    this.isBroken = true;
    this.#socket.destroy();
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /**
   * Runs one query with a limit of `limitMs`, which the caller must enforce. Throws StoreUnavailable and the
   * database's errors.
   */
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

  /** Like `ask`, and enforces the limit itself. */
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
    // If the server has become read-only, the next connection might reach the one that took over.
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
  /** Longest wait for an answer, ms. */
  readonly answerMs: number;
  /** Longest run of a statement in the server, ms; 0: unlimited. */
  readonly statementMs: number;
  readonly connectMs?: number;
  readonly doubt: Doubt;
}

/**
 * A pool of connections to PostgreSQL that never waits without limit: a connection that does not answer in
 * time is cut, and all older ones are then in doubt and replaced. Such failures are StoreUnavailable. Works
 * with Kysely.
 */
export class PostgresPool {
  /** Required by Kysely. */
  readonly options = {};
  readonly #pool: pg.Pool;
  readonly #turns: ConnectionTurns;
  readonly #answerMs: number;
  readonly #doubt: Doubt;
  readonly #all = new Set<PostgresConnection>();
  /** Free connections, the last used one last. The library's pool, where they count as used, takes longer. */
  readonly #free: PostgresConnection[] = [];
  #isOver = false;
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
      // Idle connections are kept, so that queries need no timer.
      idleTimeoutMillis: 0,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      onConnect: async (client) => {
        const connection = client as unknown as PostgresConnection;
        // First, because the rest could take longer than a configured timeout.
        await connection.askWithin(connectMs, "set statement_timeout = 0");
        await connection.askWithin(connectMs, SET, [settings]);
      },
    });
    // Errors of idle connections, which the pool replaces.
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
      const connection = this.#free.pop() ?? await this.#take(leftMs);
      if (connection.bornAt < this.#doubt.since) connection.cut();
      const isUsable = !connection.isBroken &&
        (!this.#isDoubtful(connection) || await this.#answers(connection));
      if (isUsable) return this.#userOf(connection);
      release(connection, true);
    }
  }

  #isDoubtful({ bornAt, heardAt }: PostgresConnection): boolean {
    return bornAt < this.#doubt.since || performance.now() - heardAt >= FRESH_MS;
  }

  #release(connection: PostgresConnection, isBroken: boolean): void {
    if (isBroken || connection.isBroken || this.#isOver) release(connection, isBroken);
    else this.#free.push(connection);
    this.#turns.giveBack();
  }

  /** Like `connect`, if a connection that was heard just now is free; undefined: none is. */
  #connectNow(): PoolUser | undefined {
    const connection = this.#free.at(-1);
    const isUsable = connection !== undefined && !connection.isBroken && !this.#isDoubtful(connection) &&
      this.#turns.takeNow();
    if (!isUsable) return undefined;
    this.#free.pop();
    return this.#userOf(connection);
  }

  /** Runs one statement. Rejects with StoreUnavailable and the database's errors. */
  async query(text: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    const user = this.#connectNow() ?? await this.connect();
    try {
      return await user.query(text, parameters);
    } finally {
      user.release();
    }
  }

  async end(): Promise<void> {
    this.#turns.end();
    this.#isOver = true;
    const ended = this.#pool.end();
    for (const connection of this.#free.splice(0)) release(connection, false);
    await ended;
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

  /** Takes a connection within `leftMs`, or within the connection timeout. */
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
      new PoolUser(connection, this.#answerMs, (isBroken) => this.#release(connection, isBroken));
    this.#users.set(connection, user);
    return user;
  }

  /** Cuts connections whose answer is overdue. */
  #look(): void {
    const now = performance.now();
    // This process was suspended: read answers received meanwhile first.
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

/** A connection while it is in use. */
class PoolUser {
  readonly #connection: PostgresConnection;
  readonly #answerMs: number;
  readonly #released: (isBroken: boolean) => void;

  constructor(connection: PostgresConnection, answerMs: number, released: (isBroken: boolean) => void) {
    this.#connection = connection;
    this.#answerMs = answerMs;
    this.#released = released;
  }

  query(text: string, parameters: readonly unknown[] = []): Promise<pg.QueryResult> {
    return this.#connection.ask(text, parameters, this.#answerMs);
  }

  release(isBroken = false): void {
    this.#released(isBroken);
  }
}

/** Rejects with StoreUnavailable if no connection comes in time; a late one is returned to the pool. */
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
