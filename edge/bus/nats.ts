import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Event, RoomId } from "@tafelrunde/protocol";
import type { Log } from "../log.ts";
import type { Bus } from "./bus.ts";
import { readPublication, writePublication } from "./publication.ts";

const SUBJECT = "tafelrunde.room.";

/** Publications of a room are gathered for so long into one message, ms. */
const GATHER_MS = 1;

/**
 * The bus over NATS core: a subject per room, so that an edge hears only of the rooms that it holds. Resolves when connected; from then on the
 * client reconnects by itself and subscribes again. Rejects when the server cannot be reached at the start.
 */
export async function makeNatsBus(urls: readonly string[], log: Log): Promise<Bus> {
  const connection = await connect({
    servers: [...urls],
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    name: "tafelrunde edge",
  });
  const gathered = new Map<RoomId, Event[]>();
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  const watching = watch(connection, log);

  const flush = () => {
    flushTimer = undefined;
    for (const [roomId, events] of gathered) {
      // While the server is away the client would keep what is published; the comparison with the log makes that needless.
      if (!connection.isClosed()) {
        connection.publish(SUBJECT + roomId, writePublication(roomId, { seq: events.at(-1)!.seq, events }));
      }
    }
    gathered.clear();
  };

  return {
    publish(roomId, { events }) {
      gathered.set(roomId, [...gathered.get(roomId) ?? [], ...events]);
      flushTimer ??= setTimeout(flush, GATHER_MS);
    },
    subscribe(roomId, listener, signal) {
      const subscription = connection.subscribe(SUBJECT + roomId, {
        callback(error, message) {
          const publication = error === null ? readPublication(message.string()) : undefined;
          if (publication?.roomId === roomId) listener(publication.growth);
        },
      });
      signal.addEventListener("abort", () => subscription.unsubscribe(), { once: true });
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(flushTimer);
      await connection.close();
      await watching;
    },
  };
}

async function watch(connection: NatsConnection, log: Log): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === "disconnect") log.warn("bus.lost");
    if (type === "reconnect") log.info("bus.back");
  }
}
