import { base32, type EdgeId } from "@tafelrunde/protocol";
import type { Hono } from "hono";
import { type Bus } from "./bus/bus.ts";
import { makeLocalBus } from "./bus/local.ts";
import { makeNatsBus } from "./bus/nats.ts";
import { makePostgresBus } from "./bus/postgres.ts";
import type { Config } from "./config.ts";
import { makeIdentity } from "./device.ts";
import { Fleet, type FleetEvents } from "./fleet/fleet.ts";
import { makeApp } from "./http/app.ts";
import type { Runtime } from "./http/signal.ts";
import type { Log } from "./log.ts";
import type { Reception } from "./rooms/enter.ts";
import { Rooms } from "./rooms/rooms.ts";
import type { Session } from "./rooms/session.ts";
import { SILENCE_LIMIT_MS } from "./rooms/socket.ts";
import { openPglite, openPostgres, type Store } from "./store/open.ts";

/** How often silent sockets are looked for, ms. */
const SILENCE_CHECK_MS = 5_000;

/** One edge, ready to be served: its parts in the order in which they start. */
export interface Edge extends AsyncDisposable {
  readonly app: Hono;
  readonly edgeId: EdgeId;
  /** Tells every client to come back elsewhere, ahead of the end. */
  drain(): void;
}

/** What a test may bring along instead. */
export interface Parts {
  readonly store?: Store;
  readonly bus?: Bus;
  readonly now?: () => number;
}

/** Starts everything but the listening itself. Throws what a broken configuration or database throws. */
export async function startEdge(
  config: Config,
  runtime: Runtime,
  log: Log,
  parts: Parts = {},
): Promise<Edge> {
  const edgeId = base32(crypto.getRandomValues(new Uint8Array(10))) as EdgeId;
  const { DATABASE_URL: databaseUrl } = config;
  const store = parts.store ??
    await (databaseUrl === "" ? openPglite(`${config.DATA_DIR}/db`) : openPostgres(databaseUrl));
  const bus = parts.bus ?? await openBus(config, log);
  const context = { db: store.db, bus, edgeId, log, now: parts.now ?? Date.now };
  const rooms = new Rooms<Session>(context, { retentionMs: config.RETENTION_S * 1000 });
  const fleet = new Fleet(config.MEDIA_NODES, {
    clusterKey: config.CLUSTER_KEY,
    edgeId,
    log,
    events: fleetEvents(rooms),
  });
  const reception: Reception = { context, rooms, fleet, identity: await makeIdentity(config.CLUSTER_KEY) };
  await rooms.start();
  const silence = setInterval(() => {
    for (const socket of runtime.sockets) if (socket.silentMs > SILENCE_LIMIT_MS) socket.close("silent");
  }, SILENCE_CHECK_MS);
  return {
    app: makeApp(reception, config, runtime),
    edgeId,
    drain() {
      for (const socket of runtime.sockets) socket.close("restart");
    },
    async [Symbol.asyncDispose]() {
      clearInterval(silence);
      await rooms[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
      if (parts.bus === undefined) await bus[Symbol.asyncDispose]();
      if (parts.store === undefined) await store[Symbol.asyncDispose]();
    },
  };
}

function openBus({ NATS_URL: natsUrls, DATABASE_URL: databaseUrl }: Config, log: Log): Promise<Bus> | Bus {
  if (natsUrls.length > 0) return makeNatsBus(natsUrls, log);
  return databaseUrl === "" ? makeLocalBus() : makePostgresBus(databaseUrl, log);
}

/** What media nodes say reaches the sessions it concerns. */
function fleetEvents(rooms: Rooms<Session>): FleetEvents {
  const sessionsIn = function* (isMeant: (roomId: Parameters<typeof rooms.find>[0]) => boolean) {
    for (const { room, sessions } of rooms.openRooms) if (isMeant(room.id)) yield* sessions.values();
  };
  return {
    notice(notice) {
      const open = rooms.find(notice.roomId);
      if (notice.type !== "speakers") return open?.sessions.get(notice.peerId)?.notice(notice);
      const frame = JSON.stringify({ type: "speakers", speakers: notice.speakers });
      for (const session of open?.sessions.values() ?? []) session.sendFrame(frame);
    },
    nodeUp(livesThere) {
      for (const session of sessionsIn(livesThere)) void session.readopt();
    },
    nodeLost(lived) {
      for (const session of sessionsIn(lived)) session.losePeer(1_000);
    },
  };
}
