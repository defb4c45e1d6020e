import * as v from "valibot";
import { AccountId, LinkSecret, RoomId } from "../ids.ts";
import { Role } from "../role.ts";
import { MAX_ROOM_NAME } from "../room.ts";
import { helloEntries, Lobby, sessionDown } from "../session.ts";
import { RoomSettings, RoomSettingsChange } from "../settings.ts";
import { pageOf } from "./page.ts";
import { line, opaque, ResourceVersion, Slug, Time } from "./text.ts";
import { strictObject } from "../object.ts";
import { AccountReference } from "./reference.ts";

/** Password for joining the room, in addition to the link: 1 to 128 characters. */
export const RoomPassword = opaque(128);

/**
 * POST /v1/rooms. Callers who are not signed in can set name, settings and password only; the other fields
 * need a tenant.
 */
export const CreateRoom = strictObject({
  /** The room's name; can be empty. */
  name: v.optional(line(MAX_ROOM_NAME), ""),
  /** The room's name in its URL within the tenant: /m/{slug}. */
  slug: v.optional(v.nullable(Slug), null),
  settings: v.optional(RoomSettingsChange, {}),
  password: v.optional(v.nullable(RoomPassword), null),
  /**
   * The room's owner; defaults to the caller if it is a person. API keys must name a person of their tenant.
   */
  owner: v.optional(AccountId),
  /** Whether the room and all its content are deleted once it has been empty for the retention period. */
  isAdhoc: v.optional(v.boolean(), false),
});
export type CreateRoom = v.InferOutput<typeof CreateRoom>;

/** 201 of POST /v1/rooms. The secret is shown only this once; the link is `{origin}/r/{room}#{link}`. */
export const RoomCreated = strictObject({
  room: RoomId,
  link: LinkSecret,
  /** The full URL to open. */
  url: v.string(),
});
export type RoomCreated = v.InferOutput<typeof RoomCreated>;

/** GET /v1/rooms/{room}, as the caller sees it. */
export const RoomResource = strictObject({
  id: RoomId,
  /** The room's name; can be empty. */
  name: v.string(),
  /** The room's name in URLs of its tenant; null: none. */
  slug: v.nullable(v.string()),
  /** The room's owner; null: the room belongs to the tenant and to no person in it. */
  owner: v.nullable(AccountReference),
  settings: RoomSettings,
  /** Whether joining needs a password. */
  hasPassword: v.boolean(),
  /** Whether the room and all its content are deleted once it has been empty for the retention period. */
  isAdhoc: v.boolean(),
  /** The caller's role in the room; null: none, the caller sees it as an admin or API key. */
  role: v.nullable(Role),
  /** The URL for members, who need no link: `{origin}/r/{room}`. */
  url: v.string(),
  version: ResourceVersion,
  createdAt: Time,
});
export type RoomResource = v.InferOutput<typeof RoomResource>;

/** GET /v1/rooms, newest first. */
export const RoomPage = pageOf(RoomResource);

/**
 * `?list=` of GET /v1/rooms. own: rooms that the caller owns. shared: rooms where the caller has a role but
 * is not the owner. tenant: all rooms, for admins and API keys.
 */
export const RoomList = v.picklist(["own", "shared", "tenant"]);
export type RoomList = v.InferOutput<typeof RoomList>;

/** A change of some of a room's settings; null resets a setting to its default. */
export const RoomSettingsPatch = v.partial(strictObject({
  waitingRoom: v.nullable(RoomSettings.entries.waitingRoom),
  joinBeforeHost: v.nullable(RoomSettings.entries.joinBeforeHost),
  guests: v.nullable(RoomSettings.entries.guests),
  maxParticipants: v.nullable(RoomSettings.entries.maxParticipants),
  speak: v.nullable(RoomSettings.entries.speak),
  camera: v.nullable(RoomSettings.entries.camera),
  share: v.nullable(RoomSettings.entries.share),
  chat: v.nullable(RoomSettings.entries.chat),
  rename: v.nullable(RoomSettings.entries.rename),
  react: v.nullable(RoomSettings.entries.react),
}));
export type RoomSettingsPatch = v.InferOutput<typeof RoomSettingsPatch>;

/** PATCH /v1/rooms/{room}: a JSON Merge Patch. */
export const ChangeRoom = v.partial(strictObject({
  /** The room's name; null: empty. */
  name: v.nullable(line(MAX_ROOM_NAME), ""),
  slug: v.nullable(Slug),
  settings: v.nullable(RoomSettingsPatch),
  /** The new owner. Only the owner, admins and API keys can give a room away. */
  owner: AccountId,
}));
export type ChangeRoom = v.InferOutput<typeof ChangeRoom>;

/** PUT /v1/rooms/{room}/password */
export const SetRoomPassword = strictObject({ password: RoomPassword });

/**
 * GET /v1/rooms/{room}/lobby with `Authorization: Bearer {link}`: what holders of a link can see before
 * joining.
 */
export const RoomLobby = strictObject({ room: RoomId, ...Lobby.entries });
export type RoomLobby = v.InferOutput<typeof RoomLobby>;

/** POST /v1/rooms/{room}/hello: the fast path for joining, sent while the socket opens. */
export const Hello = strictObject(helloEntries);
export type Hello = v.InferOutput<typeof Hello>;

/**
 * 200 of POST /v1/rooms/{room}/hello: what the socket would have sent, in one body. `snapshot` is null if the
 * client has not joined.
 */
export const HelloAnswer = strictObject({
  welcome: sessionDown.welcome,
  snapshot: v.nullable(sessionDown.snapshot),
});
export type HelloAnswer = v.InferOutput<typeof HelloAnswer>;
