import * as v from "valibot";

/**
 * Who may use one of a room's functions: everyone, everyone but guests, presenters and moderators, or
 * moderators only.
 */
export const Audience = v.picklist(["everyone", "members", "presenters", "moderators"]);
export type Audience = v.InferOutput<typeof Audience>;
