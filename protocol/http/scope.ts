import * as v from "valibot";

/** What an API key may be allowed to do, each by itself. What belongs to a person (their account, their keys) no key may. */
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
/** One thing that an API key may do. */
export const Scope = v.picklist(SCOPES);
export type Scope = (typeof SCOPES)[number];
