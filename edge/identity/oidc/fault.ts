import * as client from "openid-client";

/** Longest text of somebody else's that a line of the log has, UTF-16 units. */
const MAX_TEXT = 300;

/** What happened when a provider was asked, for the log: its own words and those of the causes, in place of a library's classes. */
export function causeOf(error: unknown): { readonly cause: string } {
  const told = error instanceof client.ResponseBodyError || error instanceof client.AuthorizationResponseError
    ? [error.error, error.error_description]
    : [];
  const causes: string[] = [];
  let at: unknown = error;
  for (; at instanceof Error && causes.length < 5; at = at.cause) {
    const { code } = at as { readonly code?: unknown };
    causes.push(typeof code === "string" ? `${code}: ${at.message}` : at.message);
  }
  if (at instanceof Response) causes.push(`HTTP ${at.status}`);
  const parts = [...told, ...causes].filter((part) => part !== undefined && part !== "");
  return {
    cause: [...new Set(parts)].join("; ").replaceAll(/\p{Cc}/gu, " ").slice(0, MAX_TEXT).toWellFormed(),
  };
}

/** What the provider answers to whom it does not let in as they are: who is dismissed, and who has to come there themselves. */
const REFUSALS = [
  "invalid_grant",
  "access_denied",
  // Source: OpenID Connect Core 1.0 §3.1.2.6.
  "interaction_required",
  "login_required",
  "account_selection_required",
  "consent_required",
];

/** Whether a provider that was asked whether it still lets somebody in has said no. All else are faults: ours, its, or the network's. */
export function isRefusal(error: unknown): error is client.ResponseBodyError {
  return error instanceof client.ResponseBodyError && REFUSALS.includes(error.error);
}

/** How providers say that tokens have died of age, and how that somebody is not let in; Keycloak, Authentik, Entra ID. */
const OF_AGE = /not active|inactive|expired|idle|too old/i;
const DISMISSED = /disabled|locked|blocked|revoked|deleted|does not exist/i;

/**
 * Whether a refusal may only say that the tokens have died of age: nobody was here to use them. `lateMs`: how much later than due it was asked; `dueMs`:
 * how often it is asked.
 */
export function isOfAge(error: unknown, lateMs: number, dueMs: number): boolean {
  if (!(error instanceof client.ResponseBodyError) || error.error !== "invalid_grant") return false;
  const text = error.error_description ?? "";
  return !DISMISSED.test(text) && (OF_AGE.test(text) || lateMs > dueMs);
}
