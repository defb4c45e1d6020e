import * as v from "valibot";
import { looseObject, strictObject } from "../object.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** GET /v1/health */
export const Health = strictObject({
  /**
   * ok: new participants can join. degraded: they can, but a media node does not respond. draining: this edge
   * is shutting down. down: the database does not respond.
   */
  status: v.picklist(["ok", "degraded", "draining", "down"]),
  /** Whether the database responds. */
  store: v.boolean(),
  /** Media nodes known to this edge. */
  mediaNodes: strictObject({
    /** Nodes that respond. */
    up: count,
    /** All nodes. */
    all: count,
  }),
});
export type Health = v.InferOutput<typeof Health>;

/** GET /v1/version */
export const Version = strictObject({
  /** "tafelrunde". */
  name: v.string(),
  /** Version of the software. */
  version: v.string(),
  /** Version of the signaling protocol. */
  protocol: v.number(),
});

/** GET /v1/openapi.json: an OpenAPI document. */
export const ApiDescription = looseObject({
  /** Version of OpenAPI, "3.1.1". */
  openapi: v.string(),
});
