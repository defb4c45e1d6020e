import type { EdgeContext, SignalConnections } from "./context.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { base32, type DownOf, type EdgeId, PROTOCOL_VERSION, spaceOf } from "@tafelrunde/protocol";
import type { Hono } from "hono";
import { type Bus } from "./bus/bus.ts";
import { makeLocalBus } from "./bus/local.ts";
import { makeNatsBus } from "./bus/nats.ts";
import { checkNotifications, makePostgresBus } from "./bus/postgres.ts";
import { type Config, sendsMail } from "./config.ts";
import { Connections } from "./connections.ts";
import { makeRoomIds } from "./device.ts";
import { FairPlaces } from "./fair_places.ts";
import type { ProcessorUse } from "./runtime/processor_use.ts";
import { countingFaults, guarded } from "@tafelrunde/protocol/process/faults";
import { Fleet } from "./fleet/fleet.ts";
import type { FleetEvents } from "./fleet/fleet_events.ts";
import type { PeerRef } from "./fleet/fleet_node.ts";
import { makeApp } from "./http/app.ts";
import { WebFiles } from "./http/web_files.ts";
import { recheck } from "./identity/oidc/recheck.ts";
import { Providers } from "./identity/oidc/providers.ts";
import { PasswordHasher } from "./identity/password/hasher.ts";
import { SignOuts } from "./identity/sign_outs.ts";
import { makeFirstAdminLink } from "./identity/one_time_link.ts";
import { makeJobs } from "./jobs/list.ts";
import { JobRunner } from "./jobs/runner.ts";
import { makeKeyedHash } from "./keyed_hash.ts";
import { Limits } from "./limits.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import { makeMailKind } from "./mail/kind.ts";
import { makeSmtpPost } from "./mail/smtp.ts";
import { addGauges, makeMetrics } from "./metrics.ts";
import { OutboxSender } from "./outbox/sender.ts";
import { isHeldBack, tracksOf } from "./rooms/consequence.ts";
import { authority, hostOnThisMachine, isTrustedProxy } from "./network_address.ts";
import { enforce } from "./rooms/enforce.ts";
import { TrackStops } from "./rooms/track_stops.ts";
import { placeIn } from "./rooms/place.ts";
import { startMinutes } from "./rooms/minutes.ts";
import { RoomPasswords } from "./rooms/room_passwords.ts";
import { Removals } from "./rooms/removals.ts";
import { FanOut } from "./rooms/fan_out.ts";
import { Rooms } from "./rooms/rooms.ts";
import { StoredShares } from "./rooms/stored_shares.ts";
import { Unread } from "./rooms/unread.ts";
import { LobbyLooks } from "./rooms/lobby_looks.ts";
import type { Session } from "./rooms/session.ts";
import { makeSealer } from "./seal.ts";
import { StoreMonitor } from "./store/monitor.ts";
import { openPglite, openPostgres, type Store } from "./store/open.ts";
import { keepNode, readRegisteredNodes } from "./store/node.ts";
import { claimPlace, countPeers, readPlaces, releasePlace } from "./store/placement.ts";
import type { Db } from "./store/schema.ts";
import { ensureDefaultTenant } from "./store/tenant.ts";

/** Interval of socket checks, ms. */
const TEND_MS = 1_000;

/** Interval at which a media node is asked again to mute or end a track that a moderator stopped, ms. */
const STOP_RETRY_MS = 500;

/** Longest wait for a socket after the end of the drain time, ms. */
const LAST_CALL_MS = 500;

/** One edge, ready to be served: its parts, in the order in which they start. */
export interface Edge extends AsyncDisposable {
  readonly app: Hono;
  readonly edgeId: EdgeId;
  /** Fair places for requests to this edge. */
  readonly places: FairPlaces;
  /** The log, which counts faults in the metrics. */
  readonly log: Log;
  /**
   * Makes the connection counter for a server of this edge, with at most `inAll` connections; `came` is
   * called for each connection and each request.
   */
  makeConnections(inAll: number, came?: () => void): Connections;
  /**
   * The link that creates the first account, valid once and for a day; undefined: there is an operator
   * already.
   */
  makeFirstAdminLink(port: number): Promise<string | undefined>;
  /** Number of open signaling sockets. */
  readonly sockets: number;
  /**
   * Accepts no new sockets, and sends clients to other edges, spread over `withinMs`; then closes the
   * remaining sockets. Pending requests of clients are finished first.
   */
  drain(withinMs: number): Promise<void>;
}

/** Parts that a test can replace. */
export interface Parts {
  readonly store?: Store;
  readonly bus?: Bus;
  readonly now?: () => number;
  readonly unread?: Unread;
  readonly use?: Pick<ProcessorUse, "isHigh">;
  /** The newest protocol version that the edge claims to understand. */
  readonly version?: number;
  /** Interval at which sessions of open sockets are checked, ms. */
  readonly signOutsEveryMs?: number;
  /** Silence after which a media node is lost, ms. */
  readonly nodeSilenceMs?: number;
}

/**
 * Starts everything except the listening server. Throws the errors of an invalid configuration or database.
 */
export async function startEdge(
  config: Config,
  runtime: Runtime,
  plainLog: Log,
  parts: Parts = {},
): Promise<Edge> {
  const edgeId = base32(crypto.getRandomValues(new Uint8Array(10))) as EdgeId;
  // Each part comes after those that it needs, and is disposed before them.
  await using stack = new AsyncDisposableStack();
  const store = parts.store ?? stack.use(await openStore(config));
  const metrics = makeMetrics();
  const { version = PROTOCOL_VERSION } = parts;
  const monitor = new StoreMonitor({
    store,
    edgeId,
    version,
    log: plainLog,
    versionChanged: () => {
      const clusterVersion = monitor.clusterVersion;
      const frame = JSON.stringify({ type: "cluster", clusterVersion } satisfies DownOf<"cluster">);
      for (const session of connections.connected) {
        guarded(log, "session", () => session.sendClusterVersion(frame), () => session.fault())();
      }
    },
  });
  const log = monitor.once(countingFaults(plainLog, (where) => metrics.faults.inc({ where })));
  const bus = parts.bus ?? stack.use(await openBus(config, log));
  const fanOut = new FanOut({ log, charge: (address, ms) => places.charge(address, ms) });
  const now = parts.now ?? Date.now;
  const { db } = store;
  const base = { config, runtime, fanOut, db, bus, edgeId, log, metrics, now };
  const clusterVersion = () => monitor.clusterVersion;
  const rooms: Rooms<Session> = new Rooms({ ...base, clusterVersion }, {
    onEvent: ({ room }, event, before) => {
      enforce(fleet, room.id, event, before);
      if (event.type === "track.stopping") stops.tend(room);
      if (event.type === "participant.left") removals.tend(room);
    },
  });
  const fleet = stack.use(
    new Fleet(config.MEDIA_NODES, {
      silenceMs: parts.nodeSilenceMs,
      clusterKeys: config.CLUSTER_KEY,
      edgeId,
      log,
      metrics,
      store: fleetStore(db, edgeId),
      events: fleetEvents(rooms, edgeId, log),
    }),
  );
  stack.use(monitor);
  stack.use(rooms);
  stack.use(fanOut);
  const stops = new TrackStops(fleet, edgeId);
  const removals = new Removals(fleet, edgeId, now);
  const identityKey = config.IDENTITY_KEY || config.CLUSTER_KEY[0]!;
  const ids = makeRoomIds(identityKey);
  const keyedHash = makeKeyedHash(identityKey);
  const sealer = await makeSealer(config.CLUSTER_KEY);
  const hasher = stack.use(new PasswordHasher());
  const limits = stack.use(new Limits({ ...base, keyedHash }));
  const passwords = new RoomPasswords({ db, limits, keyedHash, now }, hasher);
  const stored = new StoredShares({
    limits,
    metrics,
    maxBytes: config.ANONYMOUS_STORAGE_MB * 1_000_000,
    allBytes: () => rooms.anonymousBytes,
    storedPart: (tenantId) => rooms.storedPart(tenantId),
  });
  const unread = parts.unread ?? new Unread();
  const places = stack.use(new FairPlaces(log, parts.use && { use: parts.use }));
  const providers = new Providers(config.providers, now);
  const connections: SignalConnections = {
    connected: new Set(),
    isClosing: false,
    isStoreUp: () => monitor.isUp,
  };
  const signOuts = stack.use(
    new SignOuts(
      { ...base, recheck: (session) => recheck(context, session) },
      () => connections.connected,
      parts.signOutsEveryMs === undefined ? {} : { repairMs: parts.signOutsEveryMs },
    ),
  );
  const context: EdgeContext = {
    ...base,
    clusterVersion,
    limits,
    places,
    keyedHash,
    sealer,
    hasher,
    providers,
    signOuts,
    rooms,
    fleet,
    ids,
    passwords,
    stored,
    unread,
    connections,
  };
  addGauges(metrics, {
    sockets: () => connections.connected.size,
    roomSizes: () => [...rooms.openRooms].map(({ room }) => Object.keys(room.state.participants).length),
  });
  await ensureDefaultTenant(db, now());
  const files = await WebFiles.read(config.WEB_DIR);
  const jobs = stack.use(new JobRunner(context, makeJobs(context)));
  const kinds = sendsMail(config)
    ? [
      makeMailKind(
        context,
        makeSmtpPost({ url: config.SMTP_URL, from: config.MAIL_FROM, publicUrl: config.PUBLIC_URL }),
      ),
    ]
    : [];
  const outbox = stack.use(new OutboxSender(context, kinds));
  await monitor.start();
  rooms.start();
  jobs.start();
  outbox.start();
  const tending = setInterval(() => {
    limits.tend();
    for (const session of connections.connected) {
      guarded(log, "session", () => session.socket.tend(), () => session.fault())();
    }
  }, TEND_MS);
  stack.defer(() => clearInterval(tending));
  const stopping = setInterval(
    guarded(log, "job", () => {
      for (const { room } of rooms.openRooms) {
        stops.tend(room);
        removals.tend(room);
      }
    }),
    STOP_RETRY_MS,
  );
  stack.defer(() => clearInterval(stopping));
  stack.use(startMinutes(context, rooms));
  stack.use(new LobbyLooks(log, () => connections.connected));
  const app = makeApp(context, files);
  const running = stack.move();
  return {
    app,
    edgeId,
    places,
    log,
    makeConnections: (inAll, came = () => {}) =>
      new Connections({
        log,
        shed: metrics.shed,
        inAll,
        came,
        isProxy: (address) => isTrustedProxy(config.TRUSTED_PROXIES, address),
      }),
    async makeFirstAdminLink(port) {
      const origin =
        new URL(config.PUBLIC_URL || `http://${authority(hostOnThisMachine(config.HOST), port)}`).origin;
      return (await makeFirstAdminLink(db, origin, now()))?.url;
    },
    get sockets() {
      return connections.connected.size;
    },
    async drain(withinMs) {
      connections.isClosing = true;
      if (withinMs === 0) places.lift();
      for (const session of connections.connected) {
        if (withinMs === 0 || !session.move(withinMs)) await closeSettled(session);
      }
      const deadline = Date.now() + withinMs + LAST_CALL_MS;
      while (connections.connected.size > 0 && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      places.lift();
      await Promise.all([...connections.connected].map(closeSettled));
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Closes a socket once its client's requests are done. */
async function closeSettled(session: Session): Promise<void> {
  await session.settled();
  session.socket.close("restart");
}

async function openStore({ DATABASE_URL: databaseUrl, DATA_DIR: directory }: Config): Promise<Store> {
  return await (databaseUrl === "" ? openPglite(`${directory}/db`) : openPostgres(databaseUrl));
}

async function openBus({ NATS_URL: natsUrls, DATABASE_URL: databaseUrl }: Config, log: Log): Promise<Bus> {
  if (natsUrls.length > 0) return await makeNatsBus(natsUrls, log);
  if (databaseUrl === "") return makeLocalBus();
  await checkNotifications(databaseUrl);
  return makePostgresBus(databaseUrl, log);
}

/** The fleet's access to the data that edges share. */
function fleetStore(db: Db, edgeId: EdgeId): ConstructorParameters<typeof Fleet>[1]["store"] {
  return {
    readPlaces: (roomIds) => readPlaces(db, roomIds),
    claimPlace: (roomId, address, ifVersion) => claimPlace(db, { roomId, address, edgeId, ifVersion }),
    releasePlace: (roomId, nodeId, everyones) =>
      releasePlace(db, { roomId, nodeId, edgeId: everyones ? null : edgeId }),
    countPeers: (counts) => countPeers(db, edgeId, counts),
    readRegisteredNodes: () => readRegisteredNodes(db),
    keepNode: (address, controlUrl) => keepNode(db, address, controlUrl),
  };
}

/** Forwards events about participants' media to their sessions. */
function fleetEvents(rooms: Rooms<Session>, edgeId: EdgeId, log: Log): FleetEvents {
  const tell = (session: Session | undefined, what: (session: Session) => void) => {
    if (session !== undefined) guarded(log, "session", what, () => session.fault())(session);
  };
  const sessionOf = ({ roomId, peerId }: PeerRef) => rooms.find(roomId)?.sessions.get(peerId);
  return {
    notice(notice) {
      const session = sessionOf(notice);
      tell(session, () => session?.notice(notice));
      return session !== undefined;
    },
    roomNotice(notice, isOn) {
      const space = notice.type === "speakers" ? notice.space ?? null : undefined;
      const frame = notice.type === "speakers"
        ? JSON.stringify({ type: "speakers", speakers: notice.speakers })
        : undefined;
      const open = rooms.find(notice.roomId);
      for (const [peerId, session] of open?.sessions ?? []) {
        if (!isOn(peerId)) continue;
        if (space !== undefined && spaceOf(open!.room.state.participants, peerId) !== space) continue;
        tell(session, () => {
          if (frame !== undefined) session.sendNewest(notice.type, frame);
          else if (notice.type === "room.interrupted") session.interruptMedia(notice);
        });
      }
      open?.room.people.go("");
    },
    moved: (peer, answer, isLost) => sessionOf(peer)?.movePeer(answer, isLost) ?? false,
    lost: (peer, retryAfterMs) => tell(sessionOf(peer), (session) => session.losePeer(retryAfterMs)),
    wanted({ roomId, peerId }) {
      const state = rooms.find(roomId)?.room.state;
      return state && {
        live: state.participants[peerId] !== undefined,
        here: placeIn(state, peerId, edgeId) === "joined" && state.participants[peerId]?.presence === "here",
        space: spaceOf(state.participants, peerId),
        tracks: new Map(
          tracksOf(state, peerId).flatMap((track) => {
            const muted = isHeldBack(track);
            return muted === undefined ? [] : [[track.id, { muted, audience: track.audience ?? null }]];
          }),
        ),
      };
    },
    async catchUp(roomId) {
      const room = rooms.find(roomId)?.room;
      await room?.reach(room.state.seq + 1);
    },
    whereabouts(peer) {
      if (sessionOf(peer) !== undefined) return "here";
      const state = rooms.find(peer.roomId)?.room.state;
      const participant = state?.participants[peer.peerId] ?? state?.waiting[peer.peerId];
      if (participant === undefined) return "gone";
      return participant.edgeId === edgeId ? "away" : "elsewhere";
    },
  };
}
