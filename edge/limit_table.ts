import type { RefusalCode } from "@tafelrunde/protocol";
import type * as features from "./features.ts";

/**
 * All rate limits but those of features: `points` within `durationS`. Limits per address are generous,
 * because a school or a town hall has one address. Each edge counts for itself, except `isShared` limits,
 * which are counted in the database: otherwise an attacker would have the same number of guesses at each
 * edge. The limit of messages on one connection is in rooms/allowance.ts.
 */
export const LIMITS = {
  "api.caller": {
    what: "requests to the REST API",
    per: "an account, an API key",
    points: 1_200,
    durationS: 60,
    refusal: "person.tooFrequent",
  },
  "api.address": {
    what: "requests to the REST API, not signed in",
    per: "an address",
    points: 6_000,
    durationS: 60,
    refusal: "address.tooFrequent",
  },
  "room.create": {
    what: "new rooms and meetings, and splits of series",
    per: "an account, an API key, an address",
    points: 120,
    durationS: 60,
    refusal: "address.tooFrequent",
  },
  "room.anonymous": {
    what: "new rooms without an account",
    per: "an address",
    points: 2_000,
    durationS: 86_400,
    refusal: "address.tooFrequent",
  },
  "room.scarce": {
    what: "the same, once all rooms without an account have used up their storage",
    per: "an address",
    points: 50,
    durationS: 86_400,
    refusal: "address.tooFrequent",
  },
  // 16 MB an hour are 148 bytes a second for each of 30 pupils behind one address: a message of 300 letters
  // (450 bytes as stored) from everyone every three seconds, for the whole hour.
  "stored.write": {
    what: "bytes added to the logs of rooms without an account, and by guests to a tenant's rooms",
    per: "an address; in a tenant's room: an address and room",
    points: 16_000_000,
    durationS: 3_600,
    refusal: "address.tooFrequent",
  },
  "stored.join": {
    what: "bytes added to these logs by joining",
    per: "an address; in a tenant's room: an address and room",
    points: 16_000_000,
    durationS: 3_600,
    refusal: "address.tooFrequent",
  },
  "stored.scarce": {
    what: "both, once all rooms without an account have used up their storage",
    per: "an address",
    points: 1_000_000,
    durationS: 3_600,
    refusal: "address.tooFrequent",
  },
  "stored.answer": {
    what: "bytes of answers kept for a day for repeated requests (`Idempotency-Key`)",
    per: "an account, an API key",
    points: 64_000_000,
    durationS: 3_600,
    refusal: "person.tooFrequent",
  },
  "secret.wrong": {
    what: "wrong links, one-time links, recovery codes and API keys; correct ones are always accepted",
    per: "an address",
    points: 60,
    durationS: 60,
    refusal: "address.tooFrequent",
  },
  "signIn.guess": {
    what: "wrong passwords",
    per: "an address and account",
    points: 10,
    ofNetwork: 20,
    durationS: 900,
    refusal: "address.tooFrequent",
    isShared: true,
  },
  "signIn.guessDay": {
    what: "the same within a day",
    per: "an address and account",
    points: 50,
    ofNetwork: 50,
    durationS: 86_400,
    refusal: "address.tooFrequent",
    isShared: true,
  },
  "signIn.address": {
    what: "the same, for all accounts",
    per: "an address",
    points: 200,
    durationS: 900,
    refusal: "address.tooFrequent",
    isShared: true,
  },
  "signIn.account": {
    what: "the same, from all addresses",
    per: "an account",
    points: 100,
    durationS: 3_600,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "signIn.slow": {
    what:
      "once those are used up: tries that wait; networks take turns, and a try that waits for 20 s is refused",
    per: "an account",
    points: 1,
    durationS: 20,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "signIn.device": {
    what: "wrong passwords from a browser that was signed in before",
    per: "an account and browser",
    points: 10,
    durationS: 900,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "signIn.mail": {
    what: "mails for a forgotten password",
    per: "a recipient",
    points: 3,
    durationS: 3_600,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "account.mail": {
    what: "mails to new addresses",
    per: "an account",
    points: 5,
    durationS: 3_600,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "account.export": {
    what: "exports of one's own data",
    per: "an account",
    points: 5,
    durationS: 3_600,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "meeting.copy": {
    what: "invitations and exceptions copied when a series is split",
    per: "an account, all API keys of a tenant",
    points: 10_000,
    durationS: 3_600,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "tenant.usage": {
    what: "reads of a tenant's usage",
    per: "an account, an API key",
    points: 10,
    durationS: 60,
    refusal: "person.tooFrequent",
  },
  "people.search": {
    what: "searches for people: each reads everyone of the tenant",
    per: "an account, an API key",
    points: 600,
    durationS: 60,
    refusal: "person.tooFrequent",
  },
  "mail.again": {
    what: "the same mail again: a link for a new password, to a new address, an invitation",
    per: "an account",
    points: 1,
    durationS: 300,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "mail.account": {
    what: "invitations to an account, and mails that verify an address",
    per: "a recipient",
    points: 5,
    durationS: 3_600,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "mail.strangers": {
    what: "mails about meetings to people without an account",
    per: "an owner",
    points: 200,
    durationS: 86_400,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "mail.sent": {
    what: "mails about meetings",
    per: "an owner",
    points: 2_000,
    durationS: 86_400,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "mail.ofTenant": {
    what: "mails about meetings",
    per: "a tenant",
    points: 20_000,
    durationS: 86_400,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "mail.same": {
    what: "mails of one kind about one meeting; later ones wait, and only the last is sent",
    per: "a recipient",
    points: 1,
    durationS: 300,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "mail.pair": {
    what: "mails about meetings; more wait",
    per: "an owner and recipient",
    points: 30,
    durationS: 3_600,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "mail.reader": {
    what: "the same, from all owners",
    per: "a recipient",
    points: 60,
    durationS: 3_600,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "mail.strangerPair": {
    what: "mails about meetings to one person without an account; more wait",
    per: "an owner and recipient",
    points: 5,
    durationS: 3_600,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "mail.stranger": {
    what: "the same, from all owners",
    per: "a recipient",
    points: 10,
    durationS: 3_600,
    refusal: "person.tooFrequent",
    isShared: true,
  },
  "node.register": {
    what: "registrations of media nodes: each makes the edge connect to the node",
    per: "an address",
    points: 60,
    durationS: 60,
    refusal: "address.tooFrequent",
  },
  "socket.open": {
    what: "signaling sockets and direct entries",
    per: "an address",
    points: 3_000,
    durationS: 60,
    refusal: "address.tooFrequent",
  },
  "person.command": {
    what: "commands over all sockets",
    per: "a browser",
    points: 600,
    durationS: 10,
    refusal: "person.tooFrequent",
  },
  "room.share": {
    what:
      "commands, also of people who want to join; not those that only remove something, nor those of moderators",
    per: "an address and room",
    points: 5_000,
    ofNetwork: 5_000,
    durationS: 10,
    refusal: "address.tooFrequent",
  },
  "room.command": {
    what: "commands of participants, with the same exceptions",
    per: "a room",
    points: 10_000,
    durationS: 10,
    refusal: "room.tooFrequent",
  },
  "media.person": {
    what:
      "messages about media transports: 5 points for a new one, a restart or a check, 1 for anything else",
    per: "a browser",
    points: 300,
    durationS: 10,
    refusal: "person.tooFrequent",
  },
  "media.address": {
    what: "the same",
    per: "an address",
    points: 40_000,
    ofNetwork: 80_000,
    durationS: 10,
    refusal: "address.tooFrequent",
  },
  "address.frames": {
    what: "frames sent to participants, one to each, for these commands and for reactions",
    per: "an address",
    points: 300_000,
    ofNetwork: 300_000,
    durationS: 10,
    refusal: "address.tooFrequent",
  },
  "room.frames": {
    what: "the same, from all addresses",
    per: "a room",
    points: 900_000,
    durationS: 10,
    refusal: "room.tooFrequent",
  },
  "password.wrong": {
    what: "wrong passwords",
    per: "an address and room",
    points: 5,
    ofNetwork: 16,
    durationS: 60,
    refusal: "password.tooFrequent",
    isShared: true,
  },
  "password.wrongDay": {
    what: "the same within a day",
    per: "an address and room",
    points: 100,
    ofNetwork: 100,
    durationS: 86_400,
    refusal: "password.tooFrequent",
    isShared: true,
  },
  "password.ofRoom": {
    what: "the same, from all addresses",
    per: "a room",
    points: 300,
    durationS: 3_600,
    refusal: "password.tooFrequent",
    isShared: true,
  },
  "password.slow": {
    what:
      "once those are used up: tries that wait; networks take turns, and a try that waits for 20 s is refused",
    per: "a room",
    points: 1,
    durationS: 10,
    refusal: "password.tooFrequent",
    isShared: true,
  },
  "password.device": {
    what: "wrong passwords from a browser that gave the correct one before",
    per: "a room and browser",
    points: 5,
    durationS: 60,
    refusal: "password.tooFrequent",
    isShared: true,
  },
} as const satisfies Record<string, Limit>;

export interface Limit {
  readonly what: string;
  readonly per: string;
  readonly points: number;
  /**
   * Points of an IPv6 network wider than an address; undefined: a multiple of `points` (see `networksOf`).
   */
  readonly ofNetwork?: number;
  readonly durationS: number;
  readonly refusal: RefusalCode;
  readonly isShared?: true;
}

type Listed = typeof features;

/** Names of features' own limits. */
type FeatureLimitName = {
  [Name in keyof Listed]: Listed[Name] extends { readonly limits: infer Own } ? keyof Own & string : never;
}[keyof Listed];

export type LimitName = keyof typeof LIMITS | FeatureLimitName;

/** Names of limits of the table that each edge counts for itself. */
export type OwnLimitName = {
  [Name in keyof typeof LIMITS]: (typeof LIMITS)[Name] extends { readonly isShared: true } ? never : Name;
}[keyof typeof LIMITS];
