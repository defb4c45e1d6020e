import { cutText, isVisible, MAX_NAME } from "@tafelrunde/protocol";
import { Email } from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { storable } from "../../rooms/text.ts";
import type { ProviderConfig } from "./provider_config.ts";

/** Longest tenant's slug, characters. */
const MAX_SLUG = 63;

/** Somebody as their provider describes them. */
export interface Claimed {
  readonly issuer: string;
  readonly subject: string;
  /** Undefined: the provider tells none. */
  readonly name: string | undefined;
  /** In its one spelling. Undefined: the provider tells none, or does not vouch that it is theirs, and who it belongs to would be anybody's word. */
  readonly email: string | undefined;
  /** The address of which the provider says that nobody has shown it to be theirs. */
  readonly disownedEmail?: string | undefined;
  /** All of them, whole. Undefined: the provider tells nothing of groups. */
  readonly groups: readonly string[] | undefined;
  /** Slug; undefined: none is claimed. */
  readonly tenant: string | undefined;
  /** The provider could not be asked for all: what is undefined may be so for that alone. */
  readonly isPartial?: boolean;
}

export type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };

/** What a provider says of somebody, by where it says it: each claim is read in the ID token first, and where that says nothing in userinfo. */
export interface Said {
  /** The ID token's claims, or of one that came earlier `iss` and `sub` alone. */
  readonly token: Claims;
  /** The userinfo endpoint's claims; undefined: it was not asked, or there is none. */
  readonly userInfo?: Readonly<Record<string, unknown>> | undefined;
  /** Userinfo was asked and has not answered: what is missing may be there. */
  readonly isPartial?: boolean;
}

/** The claims of one source: what stands together in an answer is about one another, and about nothing of the other's. */
type Source = Readonly<Record<string, unknown>>;

/** What a provider says of somebody, by the names that it is configured with. */
export function readClaims(said: Said, provider: ProviderConfig): Claimed {
  const { token } = said;
  const { email, isVouchedFor, isDisowned } = addressOf(said, provider);
  return {
    issuer: token.iss,
    subject: token.sub,
    name: nameOf(said, provider),
    email: isVouchedFor ? email : undefined,
    disownedEmail: isDisowned ? email : undefined,
    groups: groupsOf(said, provider),
    tenant: tenantOf(said, provider),
    isPartial: said.isPartial ?? false,
  };
}

/** Names of the claims that would count and are not there, or say nothing: many providers put little into the ID token. */
export function missingClaims(said: Said, provider: ProviderConfig): string[] {
  const { nameClaim, emailClaim, groupsClaim, tenantClaim, trustsEmail } = provider;
  const { email, isVouchedFor, isDisowned } = addressOf(said, provider);
  const isUnsaid = email !== undefined && !trustsEmail && !isVouchedFor && !isDisowned;
  return [
    ...firstOf(said, nameClaim, readName) === undefined ? [nameClaim] : [],
    ...email === undefined ? [emailClaim] : isUnsaid ? ["email_verified"] : [],
    ...groupsOf(said, provider) === undefined ? [groupsClaim] : [],
    ...tenantClaim !== undefined && tenantOf(said, provider) === undefined ? [tenantClaim] : [],
  ];
}

function sourcesOf({ token, userInfo }: Said): Source[] {
  return userInfo === undefined ? [token] : [token, userInfo];
}

/** A claim as the first source has it in which it says something. */
function firstOf<T>(said: Said, name: string, read: (claim: unknown) => T | undefined): T | undefined {
  return sourcesOf(said).map((source) => read(claimAt(source, name))).find((value) => value !== undefined);
}

/** A claim by its name, or by its path where there is none of that name: "realm_access.roles". */
function claimAt(source: Source, name: string): unknown {
  if (Object.hasOwn(source, name) && source[name] !== null) return source[name];
  let value: unknown = source;
  for (const part of name.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value ?? undefined;
}

/**
 * Somebody's address, and whether the provider vouches for it. `email_verified` is about the `email` of the same source, and about no other claim and no
 * other source that has another address. Source: OpenID Connect Core 1.0 §5.1.
 */
function addressOf(said: Said, { emailClaim, trustsEmail }: ProviderConfig) {
  const email = firstOf(said, emailClaim, readAddress);
  const about = sourcesOf(said).filter((source) => readAddress(source["email"]) === email);
  const isVerified = about.some((source) => isTrue(source["email_verified"]));
  // A no without an address is about the one that there is.
  const isDisowned = sourcesOf(said)
    .filter((source) => (readAddress(source["email"]) ?? email) === email)
    .some((source) => isFalse(source["email_verified"]));
  return {
    email,
    isDisowned,
    isVouchedFor: email !== undefined && !isDisowned && (trustsEmail || isVerified),
  };
}

function readAddress(claim: unknown): string | undefined {
  const address = v.safeParse(Email, claim);
  return address.success ? address.output : undefined;
}

/** How somebody is called: by the configured claim, or by what else there is. */
function nameOf(said: Said, { nameClaim }: ProviderConfig): string | undefined {
  const joined = sourcesOf(said).map((source) =>
    [source["given_name"], source["family_name"]].map((part) => lineOf(part, Infinity))
      .filter((part) => part !== undefined).join(" ")
  );
  return firstOf(said, nameClaim, readName) ??
    joined.map(readName).find((name) => name !== undefined) ??
    firstOf(said, "nickname", readName) ??
    firstOf(said, "preferred_username", readName);
}

/** A name that can be seen. Never an address, in whatever letters: names are public, addresses are not. */
function readName(claim: unknown): string | undefined {
  const name = lineOf(claim, MAX_NAME);
  if (typeof claim !== "string" || name === undefined || !isVisible(name)) return undefined;
  return claim.normalize("NFKC").includes("@") ? undefined : name;
}

/** Many names, one of them, or none; undefined: nothing is said of groups. */
function groupsOf(said: Said, { groupsClaim }: ProviderConfig): string[] | undefined {
  return firstOf(said, groupsClaim, (claim) => {
    const named = typeof claim === "string" ? [claim] : Array.isArray(claim) ? claim : undefined;
    const groups = named?.map((name) => lineOf(name, Infinity)).filter((name) => name !== undefined)
      .map(groupName);
    const isReadable = groups !== undefined && (groups.length > 0 || named?.length === 0);
    return isReadable ? [...new Set(groups)] : undefined;
  });
}

function tenantOf(said: Said, { tenantClaim }: ProviderConfig): string | undefined {
  if (tenantClaim === undefined) return undefined;
  return firstOf(said, tenantClaim, (claim) => lineOf(claim, MAX_SLUG + 1)?.toLowerCase());
}

/** A group's name as it is kept and compared. Keycloak's "full group path" writes "/Rat/Leitung", without it the same provider writes "Leitung". */
export function groupName(claimed: string): string {
  return claimed.normalize("NFC").replace(/^\/(?=.)/, "");
}

/** Longest `sub` or `sid`, UTF-16 units: several times what providers may give. Source: OpenID Connect Core 1.0 §2, 255. */
const MAX_ID = 512;

/** Whether what a provider calls a person or a session can be kept as it is. */
export function isStorable(id: string): boolean {
  return id !== "" && id.length <= MAX_ID && id.isWellFormed() && !id.includes("\0");
}

/** A claim as one line of at most `max` characters; undefined: it is none. */
export function lineOf(claim: unknown, max: number): string | undefined {
  if (typeof claim !== "string") return undefined;
  const line = storable(claim).replaceAll(/\p{Cc}/gu, " ").trim();
  const text = max === Infinity ? line : cutText(line, max).trim();
  return text === "" ? undefined : text;
}

function isTrue(claim: unknown): boolean {
  return claim === true || claim === "true";
}

/** Whether a provider says no, in the ways of those that write no JSON booleans. */
function isFalse(claim: unknown): boolean {
  return ["false", "0", "no"].includes(String(claim).trim().toLowerCase());
}
