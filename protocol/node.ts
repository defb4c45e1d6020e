/** What a media node says of itself, and where a room is allowed to be and is: shared by edges and nodes. */
import * as v from "valibot";
import { NodeId } from "./ids.ts";
import { Seq } from "./message.ts";
import { list, strictObject } from "./object.ts";

/** Where a node stands, as its operator calls it: "fra", "ber". Rooms may be bound to regions. */
export const RegionId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/), v.brand("RegionId"));
export type RegionId = v.InferOutput<typeof RegionId>;

/** Whose law a node is under: an ISO 3166-1 alpha-2 code in lower case, "de". */
export const Jurisdiction = v.pipe(v.string(), v.regex(/^[a-z]{2}$/), v.brand("Jurisdiction"));
export type Jurisdiction = v.InferOutput<typeof Jurisdiction>;

/** One run of one node process, made at its start: another one has forgotten everything. */
export const RunId = v.pipe(v.string(), v.regex(/^[a-z2-7]{16}$/), v.brand("RunId"));
export type RunId = v.InferOutput<typeof RunId>;

const ControlUrl = v.pipe(v.string(), v.maxLength(200), v.regex(/^wss?:\/\/[^\s/?#]+$/));

/** Where a node is, for residency and for the other nodes. An operator who leaves region and jurisdiction empty (null) can host only rooms without bounds. */
export const NodeAddress = strictObject({
  nodeId: NodeId,
  region: v.nullable(RegionId),
  jurisdiction: v.nullable(Jurisdiction),
  /** Control address for nodes of other networks; null: none. */
  publicUrl: v.nullable(ControlUrl),
  /** Control address inside `network`; null: none. */
  privateUrl: v.nullable(ControlUrl),
  /** Name of the private network that it shares with others; null: none. */
  network: v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
});
export type NodeAddress = v.InferOutput<typeof NodeAddress>;

const Amount = v.pipe(v.number(), v.finite(), v.minValue(0));

/** What a node says of itself when an edge or another node connects; true until its next start. */
export const NodeProfile = strictObject({
  address: NodeAddress,
  runId: RunId,
  /** Who runs it, for people to read; "" when it was not told. */
  operator: v.pipe(v.string(), v.maxLength(100)),
  /** Where browsers measure the way to it (a WebSocket that echoes); null: nowhere. */
  probeUrl: v.nullable(v.pipe(v.string(), v.maxLength(200), v.regex(/^wss?:\/\//))),
  /** What it can bear. */
  capacity: strictObject({
    peers: Amount,
    /** mediasoup workers, one core each. */
    workers: Amount,
    /** Bits per second each way; 0: it was not told. */
    bandwidthBps: Amount,
  }),
});
export type NodeProfile = v.InferOutput<typeof NodeProfile>;

/** Where a room's media may be; null: anywhere. A node must satisfy both. */
export const Residency = strictObject({
  regions: v.nullable(list(RegionId, 100)),
  jurisdictions: v.nullable(list(Jurisdiction, 100)),
});
export type Residency = v.InferOutput<typeof Residency>;

/** A room that is bound to nothing. */
export const ANYWHERE: Residency = { regions: null, jurisdictions: null };

/** Whether a node may carry media of a room. A node that does not say where it is, is nowhere. */
export function isInside(
  { region, jurisdiction }: Pick<NodeAddress, "region" | "jurisdiction">,
  { regions, jurisdictions }: Residency,
): boolean {
  return (regions === null || (region !== null && regions.includes(region))) &&
    (jurisdictions === null || (jurisdiction !== null && jurisdictions.includes(jurisdiction)));
}

/** Most nodes that one room may be on. */
export const MAX_ROOM_NODES = 32;

/** Where a room is. Several edges say it to each of its nodes; what is said wins by `version`, so order and repetition do not matter. */
export const Placement = strictObject({
  /** Grows with every change of this room's placement. */
  version: Seq,
  /** All nodes that people of the room are on; the one that hears it may be among them. */
  nodes: list(NodeAddress, MAX_ROOM_NODES),
  residency: Residency,
});
export type Placement = v.InferOutput<typeof Placement>;

/** `up` takes people; `full`, `draining` and `failing` (none of its workers makes a transport) take none but keep those they have. */
export const NODE_STATES = ["up", "full", "draining", "failing"] as const;
export type NodeState = (typeof NODE_STATES)[number];

/** How busy a node is. */
export const nodeLoad = {
  state: v.picklist(NODE_STATES),
  /** Per worker, share of one core, 0 to 1. */
  cpu: list(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 256),
  peers: Amount,
  rooms: Amount,
  /** Tracks of people who are on this node. */
  producers: Amount,
  /** Tracks on their way to people, pipes not counted. */
  consumers: Amount,
  /** Tracks on their way to other nodes and workers. */
  piped: Amount,
  /** What residency has refused since the start: people, and pipes. */
  outside: Amount,
  /** Bits per second sent and received by all transports, pipes too, over the last second. */
  sendBps: Amount,
  recvBps: Amount,
};
