import * as v from "valibot";
import { LinkId, LinkSecret } from "../ids.ts";
import { pageOf } from "./page.ts";
import { line, Time } from "./text.ts";
import { strictObject } from "../object.ts";

/** Most links of one room that are good at once. */
export const MAX_LINKS = 1_000;

/** What a link makes of who comes with it: anything but the owner. */
export const LinkRole = v.picklist(["cohost", "presenter", "participant", "guest", "viewer"]);
export type LinkRole = v.InferOutput<typeof LinkRole>;

const uses = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000));

/** POST /v1/rooms/{room}/links */
export const CreateLink = strictObject({
  /** Null: a link for all, whose role comes from whether they sign in. */
  role: v.optional(v.nullable(LinkRole), null),
  /** What the owner calls it: "for the press". */
  label: v.optional(line(80), ""),
  expiresAt: v.optional(v.nullable(Time), null),
  /** How many people may come in with it; null: any number. */
  maxUses: v.optional(v.nullable(uses), null),
});
export type CreateLink = v.InferOutput<typeof CreateLink>;

/** A room's link, without its secret. */
export const RoomLink = strictObject({
  id: LinkId,
  role: v.nullable(LinkRole),
  /** What the owner calls it. */
  label: v.string(),
  createdAt: Time,
  expiresAt: v.nullable(Time),
  /** How many people can come in with it; null: any number. */
  maxUses: v.nullable(v.number()),
  /** How many people came in with it; counted only with `maxUses`. */
  uses: v.number(),
  revokedAt: v.nullable(Time),
});
export type RoomLink = v.InferOutput<typeof RoomLink>;

/** POST /v1/rooms/{room}/link: the link for all, the same each time. */
export const LinkForAll = strictObject({
  link: LinkSecret,
  /** The link as people open it. */
  url: v.string(),
});
export type LinkForAll = v.InferOutput<typeof LinkForAll>;

/** GET /v1/rooms/{room}/links, the newest first. */
export const RoomLinkPage = pageOf(RoomLink);

/** 201 of POST /v1/rooms/{room}/links. The secret is shown this once. */
export const LinkCreated = strictObject({
  ...RoomLink.entries,
  link: LinkSecret,
  /** The link as people open it. */
  url: v.string(),
});
export type LinkCreated = v.InferOutput<typeof LinkCreated>;
