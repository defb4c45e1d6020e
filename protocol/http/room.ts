import * as v from "valibot";
import { LinkSecret, RoomId } from "../ids.ts";
import { MAX_ROOM_NAME } from "../room.ts";
import { helloEntries, Lobby, sessionDown } from "../session.ts";
import { line } from "./text.ts";

/** POST /v1/rooms */
export const CreateRoom = v.strictObject({
  name: v.optional(line(MAX_ROOM_NAME), ""),
});

/** 201 of POST /v1/rooms. The secret is shown this once; the link is `{origin}/r/{room}#{link}`. */
export const RoomCreated = v.strictObject({ room: RoomId, link: LinkSecret, url: v.string() });
export type RoomCreated = v.InferOutput<typeof RoomCreated>;

/** GET /v1/rooms/{room}/lobby with `Authorization: Bearer {link}`: what a link holder may know. */
export const RoomLobby = v.strictObject({ room: RoomId, ...Lobby.entries });
export type RoomLobby = v.InferOutput<typeof RoomLobby>;

/** POST /v1/rooms/{room}/hello: the direct way in, while the socket opens beside it. */
export const Hello = v.strictObject(helloEntries);
export type Hello = v.InferOutput<typeof Hello>;

/** Its answer: what the socket would have answered, in one body. `snapshot` is null for someone who has not joined. */
export const HelloAnswer = v.strictObject({
  welcome: sessionDown.welcome,
  snapshot: v.nullable(sessionDown.snapshot),
});
export type HelloAnswer = v.InferOutput<typeof HelloAnswer>;
