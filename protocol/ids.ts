import * as v from "valibot";

/**
 * Public name of a room, as in its link: 12 characters of base32 (60 random bits) in three groups,
 * "k7wq-3fzp-axmd".
 */
export const RoomId = v.pipe(v.string(), v.regex(/^[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}$/), v.brand("RoomId"));
export type RoomId = v.InferOutput<typeof RoomId>;

/**
 * Secret that gives access to a room: 128 random bits in base64url (22 characters). It is in the link's
 * fragment, which browsers do not send; servers store its hash.
 */
export const LinkSecret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/), v.brand("LinkSecret"));
export type LinkSecret = v.InferOutput<typeof LinkSecret>;

/**
 * One participant of one room, 26 characters of base32 (128 bits). The edge derives it from the device
 * cookie, the room and the tab: after a reload the participant is the same.
 */
export const ParticipantId = v.pipe(v.string(), v.regex(/^[a-z2-7]{26}$/), v.brand("ParticipantId"));
export type ParticipantId = v.InferOutput<typeof ParticipantId>;

/**
 * One person in one room, the same in all tabs: 16 characters of base32, derived from the account or else
 * from the device. Reveals nothing outside this room.
 */
export const PersonId = v.pipe(v.string(), v.regex(/^[a-z2-7]{16}$/), v.brand("PersonId"));
export type PersonId = v.InferOutput<typeof PersonId>;

/** One browser tab; created by the client and kept across reloads. Not a secret: the device cookie is. */
export const TabId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{8,36}$/), v.brand("TabId"));
export type TabId = v.InferOutput<typeof TabId>;

/**
 * Created by the client, unique among its commands: repeating a command with the same id has no second
 * effect.
 */
export const CommandId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{8,36}$/), v.brand("CommandId"));
export type CommandId = v.InferOutput<typeof CommandId>;

/** One published track, a UUID created by the publisher; also the id of its mediasoup producer. */
export const TrackId = v.pipe(v.string(), v.uuid(), v.brand("TrackId"));
export type TrackId = v.InferOutput<typeof TrackId>;

/** One space of a room, created by the client that opens it: 16 characters of base32 (80 random bits). */
export const SpaceId = v.pipe(v.string(), v.regex(/^[a-z2-7]{16}$/), v.brand("SpaceId"));
export type SpaceId = v.InferOutput<typeof SpaceId>;

/** One media node; chosen by its operator ("fra-1") or generated at its start. */
export const NodeId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/), v.brand("NodeId"));
export type NodeId = v.InferOutput<typeof NodeId>;

/** One run of one edge process, generated at its start. */
export const EdgeId = v.pipe(v.string(), v.regex(/^[a-z2-7]{16}$/), v.brand("EdgeId"));
export type EdgeId = v.InferOutput<typeof EdgeId>;

/** Id of a database row: 16 characters of base32 (80 random bits). */
const rowId = v.pipe(v.string(), v.regex(/^[a-z2-7]{16}$/));
/** One account of a tenant: 16 characters of base32. */
export const AccountId = v.pipe(rowId, v.brand("AccountId"));
export type AccountId = v.InferOutput<typeof AccountId>;
/** One tenant: 16 characters of base32. */
export const TenantId = v.pipe(rowId, v.brand("TenantId"));
export type TenantId = v.InferOutput<typeof TenantId>;
/** One signed-in browser: 16 characters of base32. */
export const SessionId = v.pipe(rowId, v.brand("SessionId"));
export type SessionId = v.InferOutput<typeof SessionId>;
/** One meeting: 16 characters of base32. */
export const MeetingId = v.pipe(rowId, v.brand("MeetingId"));
export type MeetingId = v.InferOutput<typeof MeetingId>;
/** One link to a room: 16 characters of base32; the room's own link has the room's id. */
export const LinkId = v.pipe(
  v.string(),
  v.regex(/^(?:[a-z2-7]{16}|[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4})$/),
  v.brand("LinkId"),
);
export type LinkId = v.InferOutput<typeof LinkId>;
/** One API key: 16 characters of base32. */
export const ApiKeyId = v.pipe(rowId, v.brand("ApiKeyId"));
export type ApiKeyId = v.InferOutput<typeof ApiKeyId>;
/** One group of people: 16 characters of base32. */
export const GroupId = v.pipe(rowId, v.brand("GroupId"));
export type GroupId = v.InferOutput<typeof GroupId>;
/** One token of a room, by which a phone, an ingest or a recorder takes part: 16 characters of base32. */
export const TokenId = v.pipe(rowId, v.brand("TokenId"));
export type TokenId = v.InferOutput<typeof TokenId>;
/**
 * Secret of a token: 128 random bits in base64url (22 characters). Made by the client; the edge keeps its
 * hash.
 */
export const TokenSecret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/), v.brand("TokenSecret"));
export type TokenSecret = v.InferOutput<typeof TokenSecret>;
/** One invitation to a meeting: 16 characters of base32. */
export const InvitationId = v.pipe(rowId, v.brand("InvitationId"));
export type InvitationId = v.InferOutput<typeof InvitationId>;
