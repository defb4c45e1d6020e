import * as v from "valibot";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** GET /v1/health */
export const Health = v.strictObject({
  status: v.picklist(["ok", "degraded", "draining", "down"]),
  /** Whether the database answers. */
  store: v.boolean(),
  mediaNodes: v.strictObject({ up: count, all: count }),
});
export type Health = v.InferOutput<typeof Health>;

/** GET /v1/version */
export const Version = v.strictObject({
  name: v.string(),
  version: v.string(),
  protocol: v.number(),
});
