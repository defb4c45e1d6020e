import { connect, type NatsConnection } from "@nats-io/transport-node";
import { causeOf } from "@tafelrunde/protocol/process/cause";
import { ConfigError } from "@tafelrunde/protocol/process/config";
import { attend, guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { Bus } from "./bus.ts";
import { readPublication, readSignOut, writePublication, writeSignOut } from "./publication.ts";

const SUBJECT = "tafelrunde.room.";
const SIGN_OUT_SUBJECT = "tafelrunde.signOut";

/** Connection timeout of a server, ms. */
const CONNECT_MS = 5_000;

/** Ping interval, ms, and how many pings may be unanswered: a silent server counts as lost after 6 s. */
const PING_MS = 2_000;
const MAX_PINGS = 2;

/**
 * A bus over NATS core with a subject per room, so an edge gets only the publications of its own rooms.
 * Resolves once connected; then the client reconnects and resubscribes by itself. Rejects with ConfigError if
 * no server can be used at the start.
 */
export async function makeNatsBus(urls: readonly string[], log: Log): Promise<Bus> {
  const connection = await connect({
    servers: [...urls],
    timeout: CONNECT_MS,
    pingInterval: PING_MS,
    maxPingOut: MAX_PINGS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    name: "tafelrunde edge",
    noEcho: true,
  }).catch((error) => {
    throw new ConfigError([`NATS_URL: no server can be used there: ${causeOf(error)}`]);
  });
  let isUp = true;
  const watching = watch(connection, (isUpNow) => {
    isUp = isUpNow;
    if (isUp) log.info("bus.back");
    else log.warn("bus.lost");
  });
  attend(log, "bus", watching);

  return {
    publish(roomId, growth) {
      // While disconnected, the client would queue publications; edges compare their rooms with the log
      // anyway.
      if (isUp) connection.publish(SUBJECT + roomId, writePublication(roomId, growth));
    },
    subscribe(roomId, listener, signal) {
      const subscription = connection.subscribe(SUBJECT + roomId, {
        callback: guarded(log, "bus", (error, message) => {
          const publication = error === null ? readPublication(message.string()) : undefined;
          if (publication?.roomId === roomId) listener(publication.growth);
        }),
      });
      signal.addEventListener("abort", () => subscription.unsubscribe(), { once: true });
    },
    publishSignOut(accounts) {
      if (isUp) connection.publish(SIGN_OUT_SUBJECT, writeSignOut(accounts));
    },
    subscribeSignOuts(listener, signal) {
      const subscription = connection.subscribe(SIGN_OUT_SUBJECT, {
        callback: guarded(log, "bus", (error, message) => {
          if (error === null) listener(readSignOut(message.string()));
        }),
      });
      signal.addEventListener("abort", () => subscription.unsubscribe(), { once: true });
    },
    async [Symbol.asyncDispose]() {
      isUp = false;
      await connection.close();
      await watching;
    },
  };
}

async function watch(connection: NatsConnection, onChange: (isUp: boolean) => void): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === "disconnect") onChange(false);
    if (type === "reconnect") onChange(true);
  }
}
