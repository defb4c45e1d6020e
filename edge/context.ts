import type { EdgeId } from "@tafelrunde/protocol";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { Bus } from "./bus/bus.ts";
import type { Config } from "./config.ts";
import type { RoomIds } from "./device.ts";
import type { FairPlaces } from "./fair_places.ts";
import type { Fleet } from "./fleet/fleet.ts";
import type { Providers } from "./identity/oidc/providers.ts";
import type { PasswordHasher } from "./identity/password/hasher.ts";
import type { SignOuts } from "./identity/sign_outs.ts";
import type { KeyedHash } from "./keyed_hash.ts";
import type { Limits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import type { FanOut } from "./rooms/fan_out.ts";
import type { RoomPasswords } from "./rooms/room_passwords.ts";
import type { Rooms } from "./rooms/rooms.ts";
import type { Session } from "./rooms/session.ts";
import type { StoredShares } from "./rooms/stored_shares.ts";
import type { Unread } from "./rooms/unread.ts";
import type { Runtime } from "./runtime/runtime.ts";
import type { Sealer } from "./seal.ts";
import type { Db } from "./store/schema.ts";

/** Open signaling sockets of an edge, and whether it accepts new ones. */
export interface SignalConnections {
  readonly connected: Set<Session>;
  isClosing: boolean;
  /** Whether the database accepts writes. */
  isStoreUp(): boolean;
}

/** The parts of one edge. Whoever needs some of them takes a `Pick`. */
export interface EdgeContext {
  readonly edgeId: EdgeId;
  readonly config: Config;
  readonly runtime: Runtime;
  readonly now: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly db: Db;
  readonly bus: Bus;
  /** The lowest protocol version of all live edges. */
  readonly clusterVersion: () => number;

  readonly limits: Limits;
  /** Fair places for requests to this edge. */
  readonly places: FairPlaces;
  readonly keyedHash: KeyedHash;
  readonly sealer: Sealer;

  readonly hasher: PasswordHasher;
  readonly providers: Providers;
  readonly signOuts: Pick<SignOuts, "announce">;

  readonly rooms: Rooms<Session>;
  readonly fleet: Fleet;
  readonly fanOut: FanOut;
  readonly ids: RoomIds;
  readonly passwords: RoomPasswords;
  readonly stored: StoredShares;
  /** Bytes queued for the readers of this edge's sockets. */
  readonly unread: Unread;
  readonly connections: SignalConnections;
}

/** What signing in and managing accounts need. */
export type IdentityContext = Pick<
  EdgeContext,
  "db" | "config" | "log" | "limits" | "keyedHash" | "hasher" | "sealer" | "providers" | "signOuts" | "now"
>;

/** What meetings and their mails need. */
export type MeetingContext = Pick<EdgeContext, "db" | "now" | "sealer" | "config" | "limits" | "keyedHash">;

/** What a room needs. */
export type RoomContext = Pick<
  EdgeContext,
  "db" | "bus" | "edgeId" | "log" | "metrics" | "now" | "fanOut" | "clusterVersion"
>;

/** What entering a room needs. */
export type RoomServices =
  & RoomContext
  & Pick<EdgeContext, "rooms" | "fleet" | "limits" | "ids" | "passwords" | "stored" | "unread" | "places">;

/** What routes of the REST API need. */
export type RouteContext = IdentityContext & Pick<EdgeContext, "runtime">;
