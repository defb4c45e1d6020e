import type { RoomId } from "@tafelrunde/protocol";
import pg from "pg";
import type { Log } from "../log.ts";
import type { Bus } from "./bus.ts";

const CHANNEL = "tafelrunde_room";

/**
 * Publications gathered into one statement, ms. A NOTIFY takes a lock that all commits share, so it stays out of the append: commits are
 * three times as fast without (docs/adr/0003).
 */
const GATHER_MS = 2;

/** Rooms in one payload: 25 bytes each, below PostgreSQL's 8,000. */
const ROOMS_PER_PAYLOAD = 250;

/** Wait before a broken listening connection is made anew, ms. */
const RECONNECT_MS = 500;

/** The bus over PostgreSQL's LISTEN and NOTIFY: one connection that does both. */
export function makePostgresBus(url: string, log: Log): Bus {
  const listeners = new Set<(roomId: RoomId, seq: number) => void>();
  const gathered = new Map<RoomId, number>();
  const stopped = new AbortController();
  let client: pg.Client | undefined;
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  let reconnectTimer: ReturnType<typeof setTimeout> | undefined;

  const connect = async () => {
    const next = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    next.on("error", (error) => log.warn("bus.lost", { error: error.message }));
    next.on("end", () => {
      if (client === next) client = undefined;
      reconnect();
    });
    next.on("notification", ({ payload }) => {
      for (const [roomId, seq] of parsePayload(payload)) {
        for (const listener of listeners) listener(roomId, seq);
      }
    });
    await next.connect();
    await next.query(`listen ${CHANNEL}`);
    client = next;
  };
  const start = () => {
    connect().catch((error) => {
      log.warn("bus.unreachable", { error: String(error) });
      reconnect();
    });
  };
  const reconnect = () => {
    if (stopped.signal.aborted) return;
    reconnectTimer ??= setTimeout(() => {
      reconnectTimer = undefined;
      start();
    }, RECONNECT_MS);
  };
  const flush = () => {
    flushTimer = undefined;
    const rooms = [...gathered];
    gathered.clear();
    for (let from = 0; from < rooms.length; from += ROOMS_PER_PAYLOAD) {
      const payload = rooms.slice(from, from + ROOMS_PER_PAYLOAD).map(([roomId, seq]) => `${roomId} ${seq}`)
        .join("\n");
      // A publication that fails is repaired by the comparison with the log.
      client?.query("select pg_notify($1, $2)", [CHANNEL, payload]).catch((error) =>
        log.warn("bus.publish", { error: String(error) })
      );
    }
  };
  start();

  return {
    publish(roomId, seq) {
      gathered.set(roomId, Math.max(seq, gathered.get(roomId) ?? 0));
      flushTimer ??= setTimeout(flush, GATHER_MS);
    },
    subscribe(listener, signal) {
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      clearTimeout(flushTimer);
      clearTimeout(reconnectTimer);
      listeners.clear();
      await client?.end();
    },
  };
}

function parsePayload(payload: string | undefined): [RoomId, number][] {
  return (payload ?? "").split("\n").map((line) => line.split(" ")).map((
    [roomId, seq],
  ) => [roomId as RoomId, Number(seq)]);
}
