import { type Config, VARIABLES } from "../config.ts";
import { edgeFeatures } from "../feature_rules.ts";
import { eraseOldMeetings } from "../meetings/clock.ts";
import { type Retention, WITH_THE_LOG } from "../retention_row.ts";
import { agoByDatabase, ERASE_AT_ONCE, eraseUntil, ROOMS_AT_ONCE } from "../store/erase.ts";
import { KEEP_ANSWERS_MS } from "../store/idempotency.ts";
import { FORGET_EDGE_MS } from "../store/lease.ts";
import { deleteIdleAdhocRooms } from "../store/meeting.ts";
import { FORGET_NODE_MS } from "../store/node.ts";
import { deleteForgottenRooms, eraseIdleRooms } from "../store/room.ts";
import type { Schema } from "../store/schema.ts";

const DAY_MS = 86_400_000;

/** How long anything is in the outbox, ms: what was given up, and what nobody sends. */
const KEEP_OUTBOX_MS = 7 * DAY_MS;

/** A period that operators set, with its unit. */
type Period = Extract<keyof Config, "RETENTION_S" | "ANONYMOUS_ROOM_DAYS" | "MEETING_RETENTION_DAYS">;

/** A variable with its default, as the table says it. */
function set(name: Period): string {
  const { default: value } = VARIABLES[name];
  return `\`${name}\` (${name.endsWith("_S") ? `${Number(value) / 3_600} hours` : `${value} days`})`;
}

/** Rows that say themselves when they are over, by the edge's clock. */
function untilItsEnd(
  name: `erase.${string}`,
  ...columns: { readonly [T in keyof Schema]: [T, keyof Schema[T] & string] }[keyof Schema][]
): NonNullable<Retention["job"]> {
  return {
    name,
    most: ERASE_AT_ONCE,
    async erase({ db, now }) {
      let erased = 0;
      for (const [table, column] of columns) {
        erased = Math.max(erased, await eraseUntil(db, table, column as never, new Date(now())));
      }
      return erased;
    },
  };
}

/**
 * What the database keeps, for how long, and how it is erased: the only list of it. The table in
 * docs/privacy.md is printed from it, and each row with a job is erased by that job. Every table of the
 * database is in it (retention_test.ts).
 */
export const RETENTION: readonly Retention[] = [
  {
    what: "The log of a room, with times: who came and went under which name, chat messages, " +
      "who was in which of its spaces (such as breakout rooms) and whispered to whom, " +
      "which microphone, camera or screen was on or muted; and its state, combined from the log",
    where: ["room_event", "room_snapshot"],
    howLong: `until the room has been empty for ${set("RETENTION_S")}`,
    how: "the log begins again with the room's name alone",
    job: {
      name: "erase.logs",
      most: ROOMS_AT_ONCE,
      erase: ({ db, now, config }) => eraseIdleRooms(db, now() - config.RETENTION_S * 1000),
    },
  },
  ...Object.values(edgeFeatures).flatMap(({ retention }): readonly Retention[] => retention),
  {
    what: "A room's name, as its creator typed it",
    ...WITH_THE_LOG,
    where: ["room", "room_event"],
    howLong: "as long as the room",
    how: "with the room",
  },
  {
    what:
      "A room made with an account: its id, owner, settings, when it was made, since when it has been empty, " +
      "the password as argon2id; how many of its participants are on which media node now, not who",
    where: ["room", "room_node"],
    howLong: "until it or its owner's account is deleted",
    how: "deleted, with everything that belongs to it",
  },
  {
    what: "A room made without an account: the same",
    where: ["room", "room_node"],
    howLong: `until it has been empty for ${set("ANONYMOUS_ROOM_DAYS")}`,
    how: "deleted, with its links",
    job: {
      name: "erase.rooms",
      most: ROOMS_AT_ONCE,
      erase: ({ db, now, config }) => deleteForgottenRooms(db, now() - config.ANONYMOUS_ROOM_DAYS * DAY_MS),
    },
  },
  {
    what: "A meeting that was begun at once: the same as of a planned one, and its room",
    where: ["meeting", "room"],
    howLong: `until its room has been empty for ${set("RETENTION_S")}`,
    how: "deleted, with its room",
    job: {
      name: "erase.adhoc",
      most: ROOMS_AT_ONCE,
      erase: ({ db, now, config }) => deleteIdleAdhocRooms(db, now() - config.RETENTION_S * 1000),
    },
  },
  {
    what: "The links of a room: the SHA-256 of each secret, role, label, who made it; " +
      "the secret of one for everyone, which the dashboard shows again, encrypted with the cluster key, which is not in the database; " +
      "the participant ids of those who have used one that is limited to a number of people",
    where: ["room_link", "room_link_use"],
    howLong: "until the link or its room is deleted",
    how: "with the link",
  },
  {
    what: "Roles in a room that were given to accounts; rooms that somebody made a favourite",
    where: ["room_member", "favourite"],
    howLong: "until they are taken back, or the room or the account is deleted",
    how: "deleted",
  },
  {
    what: "A meeting, also a past one: title, description, times, time zone, owner; in whose lists it is",
    where: ["meeting", "meeting_exception", "agenda"],
    howLong: `until it is deleted, at the latest ${set("MEETING_RETENTION_DAYS")} after its end`,
    how: "deleted, with its invitations, and with its room if that was made with it and has been empty since",
    job: {
      name: "erase.meetings",
      most: ROOMS_AT_ONCE,
      erase: ({ db, now, config }) => eraseOldMeetings(db, now() - config.MEETING_RETENTION_DAYS * DAY_MS),
    },
  },
  {
    what:
      "Invited people: their account, or the name and address that the inviter typed; their role and their answer; " +
      "the SHA-256 of the secret in their mail, and that secret encrypted with the cluster key",
    where: ["invitation", "room_link"],
    howLong: "until the invitation is withdrawn, or the meeting is deleted",
    how: "deleted",
  },
  {
    what: "A waiting mail: the recipient's name and address, and its complete text **with the links in it**",
    where: ["outbox", "mail"],
    howLong: "until a mail server has accepted it, at most 24 hours",
    how: "deleted; without a mail server after 7 days",
  },
  {
    what: "A mail that was given up: its kind, tenant, time and the server's codes; no recipient, no text",
    where: ["outbox"],
    howLong: "7 days after it was queued",
    how: "deleted",
    job: {
      name: "erase.outbox",
      most: ERASE_AT_ONCE,
      erase: ({ db, now }) => eraseUntil(db, "outbox", "created_at", new Date(now() - KEEP_OUTBOX_MS)),
    },
  },
  {
    what: "An account: name, e-mail address if there is one, role, language, time zone, when it was made",
    where: ["account"],
    howLong: "until it is deleted, by its person or an admin",
    how: "deleted, with everything that belongs to it",
  },
  {
    what:
      "Ways to sign in: the password as argon2id; passkeys (public key, name, when last used); SHA-256 of recovery codes; " +
      "the person's id at an identity provider, and when it last let them in (to the hour)",
    where: ["password", "passkey", "recovery_code", "identity"],
    howLong: "until they are removed, or the account is",
    how: "deleted",
  },
  {
    what: 'A signed-in browser: SHA-256 of its secret, its kind ("Firefox on Windows"), ' +
      "when it signed in and was last used (to the hour), the provider's tokens, encrypted with a key that is not in the database",
    where: ["session"],
    howLong: "until signing out; 14 days after its last use, 90 days at most",
    how: "deleted",
    job: untilItsEnd("erase.sessions", ["session", "expires_at"]),
  },
  {
    what: "A person's groups, some of them from their provider",
    where: ["people_group", "people_group_member"],
    howLong: "as long as the account",
    how: "with the account",
  },
  {
    what:
      "An API key: its name, the SHA-256 of its secret, what it may do, who made it, when it was last used",
    where: ["api_key"],
    howLong: "until it or its tenant is deleted",
    how: "deleted",
  },
  {
    what:
      "A tenant: name, look, host name, limits; how many minutes its participants spent in each month, together",
    where: ["tenant", "tenant_usage"],
    howLong: "until the operator deletes it",
    how: "deleted, with everything that belongs to it",
  },
  {
    what: "The number of tries to sign in, or at a room's password, and of mails to somebody: " +
      "keyed hashes of network address, account and mail address, a number",
    where: ["rate_counter"],
    howLong: "a day at most",
    how: "deleted",
    job: untilItsEnd("erase.counters", ["rate_counter", "ends_at"]),
  },
  {
    what:
      "A person without an account has unsubscribed from mails: a keyed hash of the address, which tenant, since when",
    where: ["mail_stop"],
    howLong: "until they undo it",
    how: "deleted",
  },
  {
    what: "A browser has given the correct password of an account or room: keyed hashes of both",
    where: ["known_device"],
    howLong: "90 days after signing in, 30 days after entering",
    how: "deleted",
    job: untilItsEnd("erase.devices", ["known_device", "ends_at"]),
  },
  {
    what:
      "A one-time link, a sign-in in progress: hashes, for whom, a new address to be confirmed, the expiry",
    where: ["one_time_secret", "oidc_flow"],
    howLong: "until it is used or expires (15 minutes to 7 days)",
    how: "deleted",
    job: untilItsEnd("erase.links", ["one_time_secret", "expires_at"], ["oidc_flow", "expires_at"]),
  },
  {
    what:
      "A request to the REST API that can be repeated: who made it, its key, SHA-256 of its content, and the answer, encrypted",
    where: ["idempotency"],
    howLong: "24 hours",
    how: "deleted",
    job: {
      name: "erase.requests",
      most: ERASE_AT_ONCE,
      erase: ({ db, now }) => eraseUntil(db, "idempotency", "created_at", new Date(now() - KEEP_ANSWERS_MS)),
    },
  },
  {
    what: "An edge process: a random id, when it was last alive",
    where: ["edge"],
    howLong: "an hour after its end",
    how: "deleted",
    job: {
      name: "erase.edges",
      most: ERASE_AT_ONCE,
      erase: ({ db }) => eraseUntil(db, "edge", "seen_at", agoByDatabase(FORGET_EDGE_MS)),
    },
  },
  {
    what: "A media node: its id and addresses, when it was last seen",
    where: ["node"],
    howLong: "a day after it was last seen",
    how: "deleted",
    job: {
      name: "erase.nodes",
      most: ERASE_AT_ONCE,
      erase: ({ db }) => eraseUntil(db, "node", "seen_at", agoByDatabase(FORGET_NODE_MS)),
    },
  },
  {
    what:
      "What the edges do together, without people: which jobs ran when, which changes of the schema were made",
    where: ["job", "migration", "migration_added"],
    howLong: "always",
    how: "not at all",
  },
];
