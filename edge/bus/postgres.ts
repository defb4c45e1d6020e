import type { RoomId } from "@tafelrunde/protocol";
import pg from "pg";
import { guarded } from "../faults.ts";
import type { Log } from "../log.ts";
import { type Bus, type Growth, Listeners } from "./bus.ts";
import { readPublication, readSignOut, writePublication, writeSignOut } from "./publication.ts";

const CHANNEL = "tafelrunde_room";
const SIGN_OUT_CHANNEL = "tafelrunde_sign_out";

/**
 * Publications are gathered for so long into one statement, ms. A NOTIFY takes a lock that all commits of the database share, so it stays out
 * of the append (docs/adr/0003).
 */
const GATHER_MS = 2;

/** Events gathered per room; with more, the publication goes by reference. */
const GATHER_LIMIT = 64;

/** The name tells the connection from those of the pool, in pg_stat_activity. */
const CONNECTION = { application_name: "tafelrunde bus", connectionTimeoutMillis: 5_000, keepAlive: true };

/** Wait before a broken listening connection is made anew, ms. */
const RECONNECT_MS = 500;

/** The bus over PostgreSQL's LISTEN and NOTIFY: one connection that does both. */
export function makePostgresBus(url: string, log: Log): Bus {
  const listeners = new Listeners();
  const gathered = new Map<RoomId, Growth>();
  const stopped = new AbortController();
  let client: pg.Client | undefined;
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  let reconnectTimer: ReturnType<typeof setTimeout> | undefined;

  const connect = async () => {
    const next = new pg.Client({ connectionString: url, ...CONNECTION });
    next.on("error", (error) => log.warn("bus.lost", { error: error.message }));
    const ended = () => {
      if (client !== next) return;
      client = undefined;
      reconnect();
    };
    next.on("end", guarded(log, "bus", ended));
    const heard = ({ channel, payload }: pg.Notification) => {
      if (channel === SIGN_OUT_CHANNEL) return listeners.tellSignOut(readSignOut(payload ?? ""));
      const publication = readPublication(payload ?? "");
      if (publication !== undefined) listeners.tell(publication.roomId, publication.growth);
    };
    next.on("notification", guarded(log, "bus", heard));
    await next.connect();
    await next.query(`listen ${CHANNEL}; listen ${SIGN_OUT_CHANNEL}`);
    if (stopped.signal.aborted) return await next.end();
    client = next;
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
      log.warn("bus.unreachable", { error: String(error) });
      reconnect();
    });
  };
  const notify = (channel: string, payloads: readonly string[]) => {
    // What is lost here is found by the comparison with the database.
    client?.query("select pg_notify($1, payload) from unnest($2::text[]) as payload", [channel, payloads])
      .catch((error) => log.warn("bus.publish", { error: String(error) }));
  };
  const flush = () => {
    flushTimer = undefined;
    const payloads = [...gathered].map(([roomId, growth]) =>
      writePublication(roomId, growth.events.length > GATHER_LIMIT ? { ...growth, events: [] } : growth)
    );
    gathered.clear();
    notify(CHANNEL, payloads);
  };
  start();

  return {
    publish(roomId, { seq, events, moments = [] }) {
      const before = gathered.get(roomId);
      gathered.set(roomId, {
        seq: Math.max(seq, before?.seq ?? 0),
        events: [...before?.events ?? [], ...events],
        moments: [...before?.moments ?? [], ...moments].slice(-GATHER_LIMIT),
      });
      flushTimer ??= setTimeout(guarded(log, "bus", flush), GATHER_MS);
    },
    subscribe: (roomId, listener, signal) => listeners.add(roomId, listener, signal),
    publishSignOut: (accounts) => notify(SIGN_OUT_CHANNEL, [writeSignOut(accounts)]),
    subscribeSignOuts: (listener, signal) => listeners.addToSignOuts(listener, signal),
    async [Symbol.asyncDispose]() {
      stopped.abort();
      clearTimeout(flushTimer);
      clearTimeout(reconnectTimer);
      listeners.clear();
      await client?.end();
    },
  };
}
