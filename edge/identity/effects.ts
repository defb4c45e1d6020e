import type { Scope } from "@tafelrunde/protocol/http";
import { DomainError } from "../errors.ts";

/**
 * The permissions behind a request: the scopes of an API key; null: a person, whose role is checked instead.
 */
export interface Bearer {
  readonly scopes: readonly string[] | null;
}

/**
 * All effects that grant rights, and the scopes that an API key needs for each of them (all of the listed
 * ones); null: no key may, whatever its scopes, since it could gain more rights than it has. A route's scope
 * says who may call it; this table says which effects are allowed, and is checked in the function that causes
 * them. tests/scope_effects_test.ts sends every scope and every role through every route, and checks the
 * database.
 */
export const EFFECTS = {
  /** A person becomes an admin or stops being one, or an admin is disabled, enabled, deleted or invited. */
  "admin.change": null,
  /** An API key is created or deleted. */
  "key.change": null,
  /** The caller sees a link that signs in to an existing account. */
  "signInLink.show": null,
  /**
   * A member's account is created; if the installation sends no mail, the caller gets the link that sets it
   * up.
   */
  "member.make": ["people:write"],
  /** A member is renamed, disabled, enabled, deleted, or invited by mail again. */
  "member.change": ["people:write"],
  /** Groups that are managed here, and their members. They grant no rights. */
  "group.change": ["people:write"],
  /** The tenant's name, branding and residency. */
  "tenant.change": ["tenant:write"],
  /** A room is created without a meeting. */
  "room.make": ["rooms:write"],
  /**
   * Settings, password, links, members and owner of any room of the tenant, including moderators and owner.
   */
  "room.change": ["rooms:write"],
  /** A room is deleted, with its content. */
  "room.delete": ["rooms:write"],
  /**
   * A meeting is created or changed, or people are invited to the room created with it, as presenters at
   * most. That room is created and deleted with it.
   */
  "meeting.change": ["meetings:write"],
  /** Meetings are deleted together with something else. */
  "meeting.delete": ["meetings:write"],
  /** A meeting is created in an existing room, or people are invited into it. */
  "meeting.useRoom": ["meetings:write", "rooms:write"],
  /** An invitation makes a moderator. */
  "meeting.giveModerator": ["meetings:write", "rooms:write"],
} as const satisfies Readonly<Record<string, readonly Scope[] | null>>;

export type Effect = keyof typeof EFFECTS;

/**
 * Throws 403 if an API key may not cause this effect. The rights of people are checked by their roles, in the
 * same place.
 */
export function requireEffect({ scopes }: Bearer, effect: Effect): void {
  if (scopes === null) return;
  const needed: readonly Scope[] | null = EFFECTS[effect];
  if (needed === null) throw new DomainError("key.notAllowed");
  const missing = needed.find((scope) => !scopes.includes(scope));
  if (missing === undefined) return;
  throw new DomainError("key.scopeMissing", { scope: missing });
}
