import * as v from "valibot";
import { looseObject, strictObject } from "../object.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** GET /v1/health */
export const Health = strictObject({
  /**
   * ok: new people can come. degraded: they can, and a media node does not answer. draining: this edge ends.
   * down: the database does not answer.
   */
  status: v.picklist(["ok", "degraded", "draining", "down"]),
  /** Whether the database answers. */
  store: v.boolean(),
  /** Media nodes that this edge knows. */
  mediaNodes: strictObject({
    /** Those that answer. */
    up: count,
    /** All of them. */
    all: count,
  }),
});
export type Health = v.InferOutput<typeof Health>;

/** GET /v1/version */
export const Version = strictObject({
  /** "tafelrunde". */
  name: v.string(),
  /** The version of the software. */
  version: v.string(),
  /** The version of the signaling protocol. */
  protocol: v.number(),
});

/** GET /v1/openapi.json: an OpenAPI document. */
export const ApiDescription = looseObject({
  /** The version of OpenAPI, "3.1.1". */
  openapi: v.string(),
});
