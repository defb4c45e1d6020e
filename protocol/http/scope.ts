import * as v from "valibot";

/**
 * Permissions of API keys, granted one by one. No key can use what belongs to a person (their account, their
 * keys).
 */
export const SCOPES = [
  "rooms:read",
  "rooms:write",
  "meetings:read",
  "meetings:write",
  "people:read",
  "people:write",
  "tenant:read",
  "tenant:write",
] as const;
/** One permission of an API key. */
export const Scope = v.picklist(SCOPES);
export type Scope = (typeof SCOPES)[number];
