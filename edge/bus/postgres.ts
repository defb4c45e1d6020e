import type { AccountId, RoomId } from "@tafelrunde/protocol";
import type pg from "pg";
import { causeOf } from "@tafelrunde/protocol/process/cause";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";
import { PostgresConnection } from "../store/postgres.ts";
import { StoreUnusable } from "../store/unavailable.ts";
import { type Bus, type Growth, Listeners } from "./bus.ts";
import { readPublication, readSignOut, writePublication, writeSignOut } from "./publication.ts";

const CHANNEL = "tafelrunde_room";
const SIGN_OUT_CHANNEL = "tafelrunde_sign_out";

/**
 * Time for which publications are gathered into one statement, ms. NOTIFY takes a lock that all commits of
 * the database share, so it is not part of the append (docs/adr/0003).
 */
const GATHER_MS = 2;

/**
 * Most events gathered per room; beyond this, the publication goes without events. Most sign-outs gathered;
 * edges find further ones by their own checks.
 */
const GATHER_LIMIT = 64;

/** The application name distinguishes this connection from those of the pool in pg_stat_activity. */
const CONNECTION = { application_name: "tafelrunde bus", connectionTimeoutMillis: 5_000, keepAlive: true };

/** Wait before a broken listening connection is replaced, ms. */
const RECONNECT_MS = 500;

/**
 * Interval at which the listening connection is checked, ms: silence can mean that nothing happens, or that
 * it is gone.
 */
const LOOK_MS = 5_000;

/** Longest time for the answer to a check, ms. */
const ANSWER_MS = 5_000;

/** Longest time until a notification from another connection arrives, ms. */
const HEARD_WITHIN_MS = 5_000;

/** Longest time for closing a connection in order, ms. */
const GOODBYE_MS = 500;

const NOTIFY = "select pg_notify(word ->> 0, word ->> 1) from json_array_elements($1::json) as word";

/**
 * Checks that one connection's notification reaches another: a pooler in transaction mode accepts LISTEN and
 * delivers nothing. Throws StoreUnusable with an explanation if not.
 */
export async function checkNotifications(url: string): Promise<void> {
  const channel = `tafelrunde_check_${crypto.randomUUID().replaceAll("-", "")}`;
  const connections = [0, 1].map(() => new PostgresConnection({ connectionString: url, ...CONNECTION }));
  const [listener, speaker] = connections as [PostgresConnection, PostgresConnection];
  const heard = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => heard.resolve(false), HEARD_WITHIN_MS);
  try {
    listener.on("notification", () => heard.resolve(true));
    await listener.connect();
    await listener.askWithin(ANSWER_MS, `listen ${channel}`);
    await speaker.connect();
    await speaker.askWithin(ANSWER_MS, `notify ${channel}`);
    if (await heard.promise) return;
  } finally {
    clearTimeout(timer);
    for (const connection of connections) connection.cut();
  }
  throw new StoreUnusable(
    "DATABASE_URL: edges would not hear of each other, since LISTEN and NOTIFY do not work there. Behind PgBouncer, use " +
      "pool_mode = session, or let NATS carry the news (NATS_URL).",
  );
}

/** A bus over PostgreSQL's LISTEN and NOTIFY, on one connection for both. */
export function makePostgresBus(url: string, log: Log): Bus {
  const listeners = new Listeners();
  const gathered = new Map<RoomId, Growth>();
  let signOuts: (readonly AccountId[])[] = [];
  const stopped = new AbortController();
  let client: PostgresConnection | undefined;
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  let reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  let isLost = false;

  const lose = (error: unknown) => {
    if (!isLost && !stopped.signal.aborted) log.warn("bus.lost", { error: causeOf(error) });
    isLost = true;
  };
  const connect = async () => {
    const next = new PostgresConnection({ connectionString: url, ...CONNECTION });
    const broken = (error: unknown) => {
      next.cut();
      if (client !== next) return;
      client = undefined;
      lose(error);
      reconnect();
    };
    next.on("end", guarded(log, "bus", () => broken("The connection has ended.")));
    const heard = ({ channel, payload }: pg.Notification) => {
      if (channel === SIGN_OUT_CHANNEL) return listeners.notifySignOut(readSignOut(payload ?? ""));
      const publication = readPublication(payload ?? "");
      if (publication !== undefined) listeners.notify(publication.roomId, publication.growth);
    };
    next.on("notification", guarded(log, "bus", heard));
    try {
      await next.connect();
      await next.askWithin(ANSWER_MS, `listen ${CHANNEL}; listen ${SIGN_OUT_CHANNEL}`);
    } catch (error) {
      next.cut();
      throw error;
    }
    if (stopped.signal.aborted) return next.cut();
    client = next;
    if (isLost) log.info("bus.back");
    isLost = false;
    const look = async () => {
      try {
        await next.askWithin(ANSWER_MS, "select 1");
      } catch (error) {
        broken(error);
      }
    };
    const looking = setInterval(guarded(log, "bus", look), LOOK_MS);
    next.once("end", () => clearInterval(looking));
  };
  const reconnect = () => {
    if (stopped.signal.aborted) return;
    reconnectTimer ??= setTimeout(() => {
      reconnectTimer = undefined;
      start();
    }, RECONNECT_MS);
  };
  const start = () => {
    connect().catch((error) => {
      lose(error);
      reconnect();
    });
  };
  /**
   * Sends what is gathered; publications during a send go with the next one. Lost ones are found by
   * comparison with the database.
   */
  const flush = async () => {
    const payloads = [
      ...[...gathered].map(([roomId, growth]) => [
        CHANNEL,
        writePublication(roomId, growth.events.length > GATHER_LIMIT ? { ...growth, events: [] } : growth),
      ]),
      ...signOuts.map((accounts) => [SIGN_OUT_CHANNEL, writeSignOut(accounts)]),
    ];
    gathered.clear();
    signOuts = [];
    try {
      await client?.ask(NOTIFY, [JSON.stringify(payloads)], ANSWER_MS);
    } catch {
      // A lost connection reports itself.
    }
    flushTimer = undefined;
    if (gathered.size > 0 || signOuts.length > 0) flushSoon();
  };
  const flushSoon = () => flushTimer ??= setTimeout(guarded(log, "bus", flush), GATHER_MS);
  start();

  return {
    publish(roomId, { seq, events, moments = [], isEntryChanged = false }) {
      const before = gathered.get(roomId);
      gathered.set(roomId, {
        seq: Math.max(seq, before?.seq ?? 0),
        events: [...before?.events ?? [], ...events].slice(0, GATHER_LIMIT + 1),
        moments: [...before?.moments ?? [], ...moments].slice(-GATHER_LIMIT),
        isEntryChanged: isEntryChanged || before?.isEntryChanged === true,
      });
      flushSoon();
    },
    subscribe: (roomId, listener, signal) => listeners.add(roomId, listener, signal),
    publishSignOut(accounts) {
      if (signOuts.length < GATHER_LIMIT) signOuts.push(accounts);
      flushSoon();
    },
    subscribeSignOuts: (listener, signal) => listeners.addToSignOuts(listener, signal),
    async [Symbol.asyncDispose]() {
      stopped.abort();
      clearTimeout(flushTimer);
      clearTimeout(reconnectTimer);
      listeners.clear();
      const last = client;
      client = undefined;
      if (last === undefined) return;
      const goodbye = setTimeout(() => last.cut(), GOODBYE_MS);
      await last.end();
      clearTimeout(goodbye);
    },
  };
}
