import * as v from "valibot";
import { LinkId, LinkSecret } from "../ids.ts";
import { pageOf } from "./page.ts";
import { line, Time } from "./text.ts";
import { strictObject } from "../object.ts";

/** Most valid links per room. */
export const MAX_LINKS = 1_000;

/** The role that a link gives: any but owner. */
export const LinkRole = v.picklist(["moderator", "presenter", "participant", "guest", "viewer"]);
export type LinkRole = v.InferOutput<typeof LinkRole>;

const uses = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000));

/** POST /v1/rooms/{room}/links */
export const CreateLink = strictObject({
  /** The role that the link gives. Null: a link for everyone; the role depends on whether they sign in. */
  role: v.optional(v.nullable(LinkRole), null),
  /** The owner's note: "for the press". */
  label: v.optional(line(80), ""),
  expiresAt: v.optional(v.nullable(Time), null),
  /** How many people can join with it; null: no limit. */
  maxUses: v.optional(v.nullable(uses), null),
});
export type CreateLink = v.InferOutput<typeof CreateLink>;

/** A room's link, without its secret. */
export const RoomLink = strictObject({
  id: LinkId,
  role: v.nullable(LinkRole),
  /** The owner's note. */
  label: v.string(),
  createdAt: Time,
  expiresAt: v.nullable(Time),
  /** How many people can join with it; null: no limit. */
  maxUses: v.nullable(v.number()),
  /** How many people have joined with it; counted only if `maxUses` is set. */
  uses: v.number(),
  revokedAt: v.nullable(Time),
});
export type RoomLink = v.InferOutput<typeof RoomLink>;

/** POST /v1/rooms/{room}/link: the room's link for everyone, the same each time. */
export const LinkForAll = strictObject({
  link: LinkSecret,
  /** The full URL to open. */
  url: v.string(),
});
export type LinkForAll = v.InferOutput<typeof LinkForAll>;

/** GET /v1/rooms/{room}/links, newest first. */
export const RoomLinkPage = pageOf(RoomLink);

/** 201 of POST /v1/rooms/{room}/links. The secret is shown only this once. */
export const LinkCreated = strictObject({
  ...RoomLink.entries,
  link: LinkSecret,
  /** The full URL to open. */
  url: v.string(),
});
export type LinkCreated = v.InferOutput<typeof LinkCreated>;
