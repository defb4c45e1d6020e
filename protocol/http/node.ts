import * as v from "valibot";
import { NodeId } from "../ids.ts";
import { NODE_STATES, Residency } from "../node.ts";
import { strictObject } from "../object.ts";

/** POST /v1/nodes: a media node tells where edges reach it. */
export const RegisterNode = strictObject({
  nodeId: NodeId,
  /** Where edges reach it: a WebSocket. */
  controlUrl: v.pipe(v.string(), v.maxLength(200), v.regex(/^wss?:\/\/[^\s/?#]+$/)),
  /** `registrationProof` of both. */
  proof: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
});
export type RegisterNode = v.InferOutput<typeof RegisterNode>;

/** One media node as the edge that answers sees it. */
export const NodeResource = strictObject({
  id: NodeId,
  /** lost: it does not answer. resting: it was lost and is back, and takes nobody yet where there is another. */
  state: v.picklist([...NODE_STATES, "resting", "lost"]),
  /** Where it is, as its operator calls it; null: they do not say. */
  region: v.nullable(v.string()),
  /** Whose law it is under, an ISO 3166 code in small letters; null: its operator does not say. */
  jurisdiction: v.nullable(v.string()),
  /** Who runs it; empty: they do not say. */
  operator: v.string(),
  /** Share of what it can bear that is in use, 0 to 1. */
  load: v.number(),
  /** People on it, from all edges. */
  peers: v.number(),
});
export type NodeResource = v.InferOutput<typeof NodeResource>;

/** GET /v1/nodes */
export const NodeList = strictObject({ nodes: v.array(NodeResource) });

/** POST /v1/nodes/{node}/drain */
export const DrainNode = strictObject({
  /** The node ends when nobody is left on it, or after so many seconds. */
  withinS: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400)), 60),
});

/** GET /v1/rooms/{room}/residency: both hold. */
export const RoomResidency = strictObject({
  /** What the room itself is bound to. */
  room: Residency,
  /** What all rooms of its tenant are bound to. */
  tenant: Residency,
});

/** PUT /v1/rooms/{room}/residency and /v1/tenant/residency: where media may be; null for anywhere. */
export const SetResidency = Residency;
