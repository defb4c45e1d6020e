import * as client from "openid-client";
import * as v from "valibot";

/** Longest external text in a log line, UTF-16 units. */
const MAX_TEXT = 300;

/**
 * What went wrong with a request to a provider, for the log: the provider's own words and those of the
 * causes, instead of a library's classes.
 */
export function causeOf(error: unknown): { readonly cause: string } {
  const told = error instanceof client.ResponseBodyError || error instanceof client.AuthorizationResponseError
    ? [error.error, error.error_description]
    : error instanceof client.WWWAuthenticateChallengeError
    ? error.cause.flatMap(({ parameters }) => [parameters["error"], parameters["error_description"]])
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

/** An OAuth error, in any of its places. Source: RFC 6749 §5.2, RFC 6750 §3. */
const OAuthError = v.object({
  error: v.pipe(v.string(), v.minLength(1)),
  error_description: v.fallback(v.optional(v.string()), undefined),
});

/** A provider's response that refuses a refresh. */
interface Refused {
  readonly status: number;
  readonly error: string;
  readonly description: string;
}

/**
 * Errors about our request or client, or about the provider's own state: they say nothing about the person.
 * Source: RFC 6749 §5.2 and similar.
 */
const NOT_OF_PERSON =
  /client|request|scope|audience|resource|target|redirect|grant_type|response_type|assertion|dpop|realm|server|internal|unavailable|later|limit|thrott|too_many|slow_down|timeout|maintenance/i;

/**
 * Errors that only repeat the status come from proxies and frameworks. 403 `unauthorized` is Auth0's error
 * for blocked users.
 */
const STATUS_NAMES = /^(?:forbidden|not_?found|gone|conflict|locked)$/i;

/**
 * Statuses about the request, its URL or the load, whatever the body says. Source: RFC 9110 §15.5, RFC 6585,
 * RFC 8470.
 */
const NOT_OF_PERSON_STATUSES = [405, 406, 408, 411, 413, 414, 415, 417, 421, 425, 426, 428, 429, 431];

/** Texts that ask for a later retry. A text that also says the person is dismissed counts as a dismissal. */
const OFF = /\blater\b|try again|temporar|too many|rate.?limit|maintenance/i;

/**
 * How providers say that tokens expired of age, and that a person is not allowed in; Keycloak, Authentik,
 * Entra ID, Auth0, Okta.
 */
const OF_AGE = /not active|inactive|expired|idle|too old/i;
const DISMISSED = /disabled|locked|blocked|revoked|deleted|suspended|deactivated|banned|does not exist/i;

/** The words for age, said about the person: that is a dismissal. */
const PERSON_OF_AGE =
  /(?:user|account)(?:'s account| account)?(?: is| has| was| has been)? (?:not active|inactive|expired)/gi;

/**
 * Part of the sentence with which RFC 6749 §5.2 explains invalid_grant: it lists all possible reasons, and so
 * says nothing.
 */
const ANYTHING = /invalid,\s+expired,\s+(?:or\s+)?revoked/gi;

/**
 * What a provider's refusal of a refresh says about the person. "dismissed": the provider does not let them
 * in; "ofAge": the tokens might only have expired unused; undefined: not a refusal but a fault, ours, the
 * provider's or the network's. `lateMs`: how much later than due the refresh was; `dueMs`: the refresh
 * interval.
 */
export async function readRefusal(
  error: unknown,
  lateMs: number,
  dueMs: number,
): Promise<"dismissed" | "ofAge" | undefined> {
  const refused = await refusedOf(error);
  if (refused === undefined || isFault(refused)) return undefined;
  if (!/grant|token|session/i.test(refused.error)) return "dismissed";
  const isAged = OF_AGE.test(ofTokens(refused.description));
  // A text that says both, or neither, can mean either.
  const mayBeAge = isAged === isDismissal(refused.description) ? lateMs > dueMs : isAged;
  return mayBeAge ? "ofAge" : "dismissed";
}

function isDismissal(description: string): boolean {
  return description.search(PERSON_OF_AGE) >= 0 || DISMISSED.test(ofTokens(description));
}

/** What a description says about the person's tokens. */
function ofTokens(description: string): string {
  return description.replaceAll(ANYTHING, "").replaceAll(PERSON_OF_AGE, "");
}

/** Whether the provider's response is temporary or reports a fault of its own. */
export function isForLater(error: unknown): boolean {
  if (error instanceof client.ClientError && error.cause instanceof Response) {
    return error.cause.status >= 500;
  }
  return error instanceof client.ResponseBodyError &&
    (error.status === 429 || /unavailable|server_error|slow_down|too_many/i.test(error.error));
}

/**
 * Whether an exchange failed because the provider or the person refused: the connection to the provider is
 * fine.
 */
export async function isRefusal(error: unknown): Promise<boolean> {
  return error instanceof client.AuthorizationResponseError || await readRefusal(error, 0, 0) !== undefined;
}

function isFault({ status, error, description }: Refused): boolean {
  if (NOT_OF_PERSON_STATUSES.includes(status) || NOT_OF_PERSON.test(error)) return true;
  if (isDismissal(description)) return false;
  const isStatusName = STATUS_NAMES.test(error) || status === 401 && /^unauthorized$/i.test(error);
  return isStatusName || /\s/.test(error) || OFF.test(description);
}

/** The OAuth error of a response, in its body or in its header `WWW-Authenticate`. */
async function refusedOf(error: unknown): Promise<Refused | undefined> {
  if (error instanceof client.ResponseBodyError) {
    const { status, error: code, error_description: description } = error;
    return { status, error: code, description: description ?? "" };
  }
  if (!(error instanceof client.WWWAuthenticateChallengeError)) return undefined;
  const { status, response, cause: challenges } = error;
  const told = [
    await response.clone().json().catch(() => undefined),
    ...challenges.map(({ parameters }) => parameters),
  ].map((part) => v.safeParse(OAuthError, part)).find(({ success }) => success)?.output;
  return v.is(OAuthError, told)
    ? { status, error: told.error, description: told.error_description ?? "" }
    : undefined;
}
