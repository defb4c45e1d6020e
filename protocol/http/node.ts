import * as v from "valibot";
import { NodeId } from "../ids.ts";
import { NODE_STATES, Residency } from "../node.ts";
import { strictObject } from "../object.ts";

/** POST /v1/nodes: a media node registers the URL at which edges reach it. */
export const RegisterNode = strictObject({
  nodeId: NodeId,
  /** The URL at which edges reach it: a WebSocket. */
  controlUrl: v.pipe(v.string(), v.maxLength(200), v.regex(/^wss?:\/\/[^\s/?#]+$/)),
  /** `registrationProof` of both fields. */
  proof: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
});
export type RegisterNode = v.InferOutput<typeof RegisterNode>;

/** One media node, as seen by the edge that answers. */
export const NodeResource = strictObject({
  id: NodeId,
  /**
   * lost: it does not respond. resting: it was lost and is back, but takes no participants yet if another
   * node can.
   */
  state: v.picklist([...NODE_STATES, "resting", "lost"]),
  /** Its region, as named by its operator; null: not given. */
  region: v.nullable(v.string()),
  /** Jurisdiction that the node is under, an ISO 3166 code in lower case; null: not given. */
  jurisdiction: v.nullable(v.string()),
  /** The node's operator; empty: not given. */
  operator: v.string(),
  /** Share of its capacity in use, 0 to 1. */
  load: v.number(),
  /** Participants on it, from all edges. */
  peers: v.number(),
});
export type NodeResource = v.InferOutput<typeof NodeResource>;

/** GET /v1/nodes */
export const NodeList = strictObject({ nodes: v.array(NodeResource) });

/** POST /v1/nodes/{node}/drain */
export const DrainNode = strictObject({
  /** The node stops once no participant is left on it, or after this many seconds. */
  withinS: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400)), 60),
});

/** GET /v1/rooms/{room}/residency: both restrictions apply. */
export const RoomResidency = strictObject({
  /** The room's own restriction. */
  room: Residency,
  /** The restriction for all rooms of its tenant. */
  tenant: Residency,
});

/**
 * PUT /v1/rooms/{room}/residency and /v1/tenant/residency: where media may be processed; null for anywhere.
 */
export const SetResidency = Residency;
