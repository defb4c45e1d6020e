import type { AccountId, RoomId } from "@tafelrunde/protocol";
import type pg from "pg";
import { causeOf } from "../cause.ts";
import { guarded } from "../faults.ts";
import type { Log } from "../log.ts";
import { PostgresConnection } from "../store/postgres.ts";
import { StoreUnusable } from "../store/unavailable.ts";
import { type Bus, type Growth, Listeners } from "./bus.ts";
import { readPublication, readSignOut, writePublication, writeSignOut } from "./publication.ts";

const CHANNEL = "tafelrunde_room";
const SIGN_OUT_CHANNEL = "tafelrunde_sign_out";

/**
 * Publications are gathered for so long into one statement, ms. A NOTIFY takes a lock that all commits of the database share, so it stays out
 * of the append (docs/adr/0003).
 */
const GATHER_MS = 2;

/** Events gathered per room; with more, the publication goes by reference. Sign-outs gathered; what is more is found by edges that look. */
const GATHER_LIMIT = 64;

/** The name tells the connection from those of the pool, in pg_stat_activity. */
const CONNECTION = { application_name: "tafelrunde bus", connectionTimeoutMillis: 5_000, keepAlive: true };

/** Wait before a broken listening connection is made anew, ms. */
const RECONNECT_MS = 500;

/** How often the listening connection is asked for a sign of life, ms: it may be silent because nothing happens, or because it is gone. */
const LOOK_MS = 5_000;

/** How long it may take to answer, ms. */
const ANSWER_MS = 5_000;

/** How long a word from another connection may take to be heard, ms. */
const HEARD_WITHIN_MS = 5_000;

/** How long the connection may take to end in order, ms. */
const GOODBYE_MS = 500;

const NOTIFY = "select pg_notify(word ->> 0, word ->> 1) from json_array_elements($1::json) as word";

/**
 * Looks whether what one connection says is heard by another: a pooler that lends connections by transaction takes LISTEN and brings nothing. Throws
 * StoreUnusable, with a sentence, if not.
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

/** The bus over PostgreSQL's LISTEN and NOTIFY: one connection that does both. */
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
      if (channel === SIGN_OUT_CHANNEL) return listeners.tellSignOut(readSignOut(payload ?? ""));
      const publication = readPublication(payload ?? "");
      if (publication !== undefined) listeners.tell(publication.roomId, publication.growth);
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
  /** What is gathered while the last is on its way goes with the next. What is lost here is found by the comparison with the database. */
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
      // The connection says so itself when it is lost.
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
