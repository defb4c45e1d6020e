import type { Scope } from "@tafelrunde/protocol/http";
import { ProblemError } from "../http/problem.ts";

/** Whoever brings something about: the scopes of an API key; null: a person, whom the role that they have is asked of instead. */
export interface Bearer {
  readonly scopes: readonly string[] | null;
}

/**
 * All effects by which somebody comes to a right, and the scopes that an API key needs for each of them, every one; null: no key, whatever its
 * scopes, because it would become more than it is. The scope of a route says whom it answers; this says what may come of it, and is asked in the
 * function that does it. tests/scope_effects_test.ts sends every scope and every role through every route, and looks at the database.
 */
export const EFFECTS = {
  /** Somebody becomes an admin or ceases to be one, or an admin is disabled, enabled, deleted or invited. */
  "admin.change": null,
  /** An API key is made or deleted. */
  "key.change": null,
  /** The caller sees a link that signs in as somebody who was there before. */
  "signInLink.show": null,
  /** Somebody gets a new account as a member; the link that sets it up is theirs who asked, where no mails are sent. */
  "member.make": ["people:write"],
  /** A member is renamed, disabled, enabled, deleted, or mailed an invitation once more. */
  "member.change": ["people:write"],
  /** Groups that people look after, and who is in them. They carry no right. */
  "group.change": ["people:write"],
  /** The tenant's name, look and residency. */
  "tenant.change": ["tenant:write"],
  /** A room without a meeting of its own is made. */
  "room.make": ["rooms:write"],
  /** Settings, password, links, members and owner of any room of the tenant, up to cohosts and owner. */
  "room.change": ["rooms:write"],
  /** A room goes, with all that was said. */
  "room.delete": ["rooms:write"],
  /** A meeting is planned or changed, or people are invited to the room that was made with it, as presenters at most. That room comes and goes with it. */
  "meeting.change": ["meetings:write"],
  /** Meetings are deleted together with something else. */
  "meeting.delete": ["meetings:write"],
  /** A meeting is planned in a room that was there before, or people are invited into it. */
  "meeting.useRoom": ["meetings:write", "rooms:write"],
  /** An invitation makes a cohost. */
  "meeting.giveCohost": ["meetings:write", "rooms:write"],
} as const satisfies Readonly<Record<string, readonly Scope[] | null>>;

export type Effect = keyof typeof EFFECTS;

/** Throws 403 for an API key that may not bring this about. What people may is asked by their roles, in the same place. */
export function requireEffect({ scopes }: Bearer, effect: Effect): void {
  if (scopes === null) return;
  const needed: readonly Scope[] | null = EFFECTS[effect];
  if (needed === null) throw new ProblemError(403, "key.notAllowed", "API keys are not allowed to do this.");
  const missing = needed.find((scope) => !scopes.includes(scope));
  if (missing === undefined) return;
  throw new ProblemError(403, "key.scopeMissing", `The API key lacks the scope ${missing}.`);
}
