export * from "./http/account.ts";
export * from "./http/auth.ts";
export * from "./http/invitation.ts";
export * from "./http/meeting.ts";
export * from "./http/page.ts";
export * from "./http/passkey.ts";
export * from "./http/time_zone.ts";
import * as v from "valibot";
import { LinkSecret, RoomId } from "./ids.ts";
import { MAX_ROOM_NAME } from "./room.ts";
import { helloEntries, Lobby, sessionDown } from "./session.ts";

/** POST /v1/rooms */
export const CreateRoom = v.strictObject({
  name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(MAX_ROOM_NAME)), ""),
});

/** 201 of POST /v1/rooms. The secret is shown this once; the link is `{origin}/r/{room}#{link}`. */
export const RoomCreated = v.strictObject({ room: RoomId, link: LinkSecret, url: v.string() });
export type RoomCreated = v.InferOutput<typeof RoomCreated>;

/** GET /v1/rooms/{room} with `Authorization: Bearer {link}`: what a link holder may know. */
export const RoomInfo = v.strictObject({ room: RoomId, ...Lobby.entries });
export type RoomInfo = v.InferOutput<typeof RoomInfo>;

/** POST /v1/rooms/{room}/hello: the direct way in, while the socket opens beside it. */
export const Hello = v.strictObject(helloEntries);
export type Hello = v.InferOutput<typeof Hello>;

/** Its answer: what the socket would have answered, in one body. `snapshot` is null for someone who has not joined. */
export const HelloAnswer = v.strictObject({
  welcome: sessionDown.welcome,
  snapshot: v.nullable(sessionDown.snapshot),
});
export type HelloAnswer = v.InferOutput<typeof HelloAnswer>;

/** Errors of the REST API: RFC 9457 problem details. `code` is stable, `title` is for people. */
export const Problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  code: v.string(),
  detail: v.optional(v.string()),
});
export type Problem = v.InferOutput<typeof Problem>;

/** GET /v1/version */
export const Version = v.strictObject({
  name: v.string(),
  version: v.string(),
  protocol: v.number(),
});
