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

/** What people are asked for at the door, beside the link: 1 to 128 characters. */
export const RoomPassword = opaque(128);

/** POST /v1/rooms. Who is not signed in may choose name, settings and password; the rest belongs to a tenant. */
export const CreateRoom = strictObject({
  /** What it is called; empty: nothing. */
  name: v.optional(line(MAX_ROOM_NAME), ""),
  /** A name for its address in the tenant: /m/{slug}. */
  slug: v.optional(v.nullable(Slug), null),
  settings: v.optional(RoomSettingsChange, {}),
  password: v.optional(v.nullable(RoomPassword), null),
  /** Whose room it is; the caller's own if they are a person. API keys name one of their tenant's people. */
  owner: v.optional(AccountId),
  /** Goes, with all that was said, once it has been empty for the retention. */
  isAdhoc: v.optional(v.boolean(), false),
});
export type CreateRoom = v.InferOutput<typeof CreateRoom>;

/** 201 of POST /v1/rooms. The secret is shown this once; the link is `{origin}/r/{room}#{link}`. */
export const RoomCreated = strictObject({
  room: RoomId,
  link: LinkSecret,
  /** The link as people open it. */
  url: v.string(),
});
export type RoomCreated = v.InferOutput<typeof RoomCreated>;

/** GET /v1/rooms/{room}, as the caller sees it. */
export const RoomResource = strictObject({
  id: RoomId,
  /** What it is called; empty: nothing. */
  name: v.string(),
  /** Its name in addresses of its tenant; null: it has none. */
  slug: v.nullable(v.string()),
  /** Null: it belongs to the tenant and to nobody in it. */
  owner: v.nullable(AccountReference),
  settings: RoomSettings,
  /** Whether people are asked for a password. */
  hasPassword: v.boolean(),
  /** Goes, with all that was said, once it has been empty for the retention. */
  isAdhoc: v.boolean(),
  /** The caller's role in it; null: none, they see it as an admin or by an API key. */
  role: v.nullable(Role),
  /** Where members go, who need no link: `{origin}/r/{room}`. */
  url: v.string(),
  version: ResourceVersion,
  createdAt: Time,
});
export type RoomResource = v.InferOutput<typeof RoomResource>;

/** GET /v1/rooms, the newest first. */
export const RoomPage = pageOf(RoomResource);

/** `?list=` of GET /v1/rooms. own: the caller's. shared: where they have a role without owning it. tenant: all, for admins and API keys. */
export const RoomList = v.picklist(["own", "shared", "tenant"]);
export type RoomList = v.InferOutput<typeof RoomList>;

/** A change of some of a room's settings; null: as it is when nobody chooses. */
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
  /** What it is called; null: nothing. */
  name: v.nullable(line(MAX_ROOM_NAME), ""),
  slug: v.nullable(Slug),
  settings: v.nullable(RoomSettingsPatch),
  /** Only the owner, admins and API keys give a room away. */
  owner: AccountId,
}));
export type ChangeRoom = v.InferOutput<typeof ChangeRoom>;

/** PUT /v1/rooms/{room}/password */
export const SetRoomPassword = strictObject({ password: RoomPassword });

/** GET /v1/rooms/{room}/lobby with `Authorization: Bearer {link}`: what a link holder may know. */
export const RoomLobby = strictObject({ room: RoomId, ...Lobby.entries });
export type RoomLobby = v.InferOutput<typeof RoomLobby>;

/** POST /v1/rooms/{room}/hello: the direct way in, while the socket opens beside it. */
export const Hello = strictObject(helloEntries);
export type Hello = v.InferOutput<typeof Hello>;

/** Its answer: what the socket would have answered, in one body. `snapshot` is null for someone who has not joined. */
export const HelloAnswer = strictObject({
  welcome: sessionDown.welcome,
  snapshot: v.nullable(sessionDown.snapshot),
});
export type HelloAnswer = v.InferOutput<typeof HelloAnswer>;
