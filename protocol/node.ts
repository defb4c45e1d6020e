/** How a media node describes itself, and where a room is and is allowed to be: shared by edges and nodes. */
import * as v from "valibot";
import { NodeId } from "./ids.ts";
import { Seq } from "./message.ts";
import { list, strictObject } from "./object.ts";

/** A node's region, as named by its operator: "fra", "ber". Rooms can be restricted to regions. */
export const RegionId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/), v.brand("RegionId"));
export type RegionId = v.InferOutput<typeof RegionId>;

/** Jurisdiction that a node is under: an ISO 3166-1 alpha-2 code in lower case, "de". */
export const Jurisdiction = v.pipe(v.string(), v.regex(/^[a-z]{2}$/), v.brand("Jurisdiction"));
export type Jurisdiction = v.InferOutput<typeof Jurisdiction>;

/** One run of one node process, generated at its start: a restarted node has lost all state. */
export const RunId = v.pipe(v.string(), v.regex(/^[a-z2-7]{16}$/), v.brand("RunId"));
export type RunId = v.InferOutput<typeof RunId>;

const ControlUrl = v.pipe(v.string(), v.maxLength(200), v.regex(/^wss?:\/\/[^\s/?#]+$/));

/**
 * A node's location and addresses, for residency and for other nodes. A node without region and jurisdiction
 * (null) can host only rooms without restrictions.
 */
export const NodeAddress = strictObject({
  nodeId: NodeId,
  region: v.nullable(RegionId),
  jurisdiction: v.nullable(Jurisdiction),
  /** Control address for nodes of other networks; null: none. */
  publicUrl: v.nullable(ControlUrl),
  /** Control address inside `network`; null: none. */
  privateUrl: v.nullable(ControlUrl),
  /** Name of the private network that it shares with other nodes; null: none. */
  network: v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
});
export type NodeAddress = v.InferOutput<typeof NodeAddress>;

const Amount = v.pipe(v.number(), v.finite(), v.minValue(0));

/** What a node sends about itself when an edge or another node connects; constant until its next start. */
export const NodeProfile = strictObject({
  address: NodeAddress,
  runId: RunId,
  /** The node's operator, for people to read; "" if not configured. */
  operator: v.pipe(v.string(), v.maxLength(100)),
  /** WebSocket echo endpoint at which browsers measure the round trip to it; null: none. */
  probeUrl: v.nullable(v.pipe(v.string(), v.maxLength(200), v.regex(/^wss?:\/\//))),
  /** The node's capacity. */
  capacity: strictObject({
    peers: Amount,
    /** mediasoup workers, one core each. */
    workers: Amount,
    /** Bits per second in each direction; 0: not configured. */
    bandwidthBps: Amount,
  }),
});
export type NodeProfile = v.InferOutput<typeof NodeProfile>;

/** Where a room's media may be processed; null: anywhere. A node must satisfy both. */
export const Residency = strictObject({
  regions: v.nullable(list(RegionId, 100)),
  jurisdictions: v.nullable(list(Jurisdiction, 100)),
});
export type Residency = v.InferOutput<typeof Residency>;

/** Residency of a room without restrictions. */
export const ANYWHERE: Residency = { regions: null, jurisdictions: null };

/** Whether a node may carry media of a room. A node without location does not satisfy any restriction. */
export function isInside(
  { region, jurisdiction }: Pick<NodeAddress, "region" | "jurisdiction">,
  { regions, jurisdictions }: Residency,
): boolean {
  return (regions === null || (region !== null && regions.includes(region))) &&
    (jurisdictions === null || (jurisdiction !== null && jurisdictions.includes(jurisdiction)));
}

/** Most nodes per room. */
export const MAX_ROOM_NODES = 32;

/**
 * Where a room is. Several edges send it to each of the room's nodes; the highest `version` wins, so order
 * and repetition do not matter.
 */
export const Placement = strictObject({
  /** Grows with every change of this room's placement. */
  version: Seq,
  /** All nodes with participants of the room; can include the receiving node. */
  nodes: list(NodeAddress, MAX_ROOM_NODES),
  residency: Residency,
});
export type Placement = v.InferOutput<typeof Placement>;

/**
 * `up` accepts participants; `full`, `draining` and `failing` (none of its workers can create a transport)
 * accept none but keep those they have.
 */
export const NODE_STATES = ["up", "full", "draining", "failing"] as const;
export type NodeState = (typeof NODE_STATES)[number];

/** How busy a node is. */
export const nodeLoad = {
  state: v.picklist(NODE_STATES),
  /** Load per worker, share of one core, 0 to 1. */
  cpu: list(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 256),
  peers: Amount,
  rooms: Amount,
  /** Tracks published by participants on this node. */
  producers: Amount,
  /** Tracks sent to participants, not counting pipes. */
  consumers: Amount,
  /** Tracks sent to other nodes and workers. */
  piped: Amount,
  /** Participants and pipes refused because of residency since the start. */
  outside: Amount,
  /** Bits per second sent and received by all transports, including pipes, over the last second. */
  sendBps: Amount,
  recvBps: Amount,
};
