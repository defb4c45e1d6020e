import { cutText, isVisible, MAX_NAME } from "@tafelrunde/protocol";
import { Email } from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { storable } from "../../text.ts";
import type { ProviderConfig } from "./provider_config.ts";

/** Longest slug of a tenant, characters. */
const MAX_SLUG = 63;

/** A person as described by their provider. */
export interface Claimed {
  readonly issuer: string;
  readonly subject: string;
  /** Undefined: the provider sends none. */
  readonly name: string | undefined;
  /**
   * In canonical spelling. Undefined: the provider sends none, or does not vouch for it, so that it could be
   * anyone's.
   */
  readonly email: string | undefined;
  /** An address that the provider says is not verified. */
  readonly disownedEmail?: string | undefined;
  /** All groups, with full names. Undefined: the provider says nothing about groups. */
  readonly groups: readonly string[] | undefined;
  /** Slug; undefined: none is claimed. */
  readonly tenant: string | undefined;
  /** Userinfo could not be fetched: undefined fields might be in it. */
  readonly isPartial?: boolean;
}

export type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };

/**
 * A provider's claims about a person by source: each claim is read from the ID token first, then from
 * userinfo.
 */
export interface Said {
  /** The ID token's claims, or only `iss` and `sub` of an earlier one. */
  readonly token: Claims;
  /** Claims of the userinfo endpoint; undefined: it was not asked, or does not exist. */
  readonly userInfo?: Readonly<Record<string, unknown>> | undefined;
  /** Userinfo was asked and did not respond: missing claims might be there. */
  readonly isPartial?: boolean;
}

/** The claims of one source. Claims refer to others of the same source only. */
type Source = Readonly<Record<string, unknown>>;

/** Reads a provider's claims by their configured names. */
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

/** Names of claims that would count and are missing or empty: many providers put little into the ID token. */
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

/** A claim from the first source with a usable value. */
function firstOf<T>(said: Said, name: string, read: (claim: unknown) => T | undefined): T | undefined {
  return sourcesOf(said).map((source) => read(claimAt(source, name))).find((value) => value !== undefined);
}

/** A claim by name, or by path if there is none of that name: "realm_access.roles". */
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
 * A person's address, and whether the provider vouches for it. `email_verified` refers to the `email` of the
 * same source, not to any other claim or a source with another address. Source: OpenID Connect Core 1.0 §5.1.
 */
function addressOf(said: Said, { emailClaim, trustsEmail }: ProviderConfig) {
  const email = firstOf(said, emailClaim, readAddress);
  const about = sourcesOf(said).filter((source) => readAddress(source["email"]) === email);
  const isVerified = about.some((source) => isTrue(source["email_verified"]));
  // A false without an address refers to the only address.
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

/** A person's name: from the configured claim, or else from other claims. */
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

/** A visible name. Never an address, in any spelling: names are public, addresses are not. */
function readName(claim: unknown): string | undefined {
  const name = lineOf(claim, MAX_NAME);
  if (typeof claim !== "string" || name === undefined || !isVisible(name)) return undefined;
  return claim.normalize("NFKC").includes("@") ? undefined : name;
}

/** A list of names, one name, or an empty list; undefined: nothing is said about groups. */
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

/**
 * A group's name as stored and compared. Keycloak writes "/Rat/Leitung" with "full group path", and "Leitung"
 * without.
 */
export function groupName(claimed: string): string {
  return claimed.normalize("NFC").replace(/^\/(?=.)/, "");
}

/**
 * Longest `sub` or `sid`, UTF-16 units: twice what providers are allowed to send. Source: OpenID Connect Core
 * 1.0 §2, 255.
 */
const MAX_ID = 512;

/** Whether a provider's id of a person or session can be stored unchanged. */
export function isStorable(id: string): boolean {
  return id !== "" && id.length <= MAX_ID && id.isWellFormed() && !id.includes("\0");
}

/** A claim as one line of at most `max` characters; undefined: there is none. */
export function lineOf(claim: unknown, max: number): string | undefined {
  if (typeof claim !== "string") return undefined;
  const line = storable(claim).replaceAll(/\p{Cc}/gu, " ").trim();
  const text = max === Infinity ? line : cutText(line, max).trim();
  return text === "" ? undefined : text;
}

function isTrue(claim: unknown): boolean {
  return claim === true || claim === "true";
}

/** Whether a provider says no, including those that do not send JSON booleans. */
function isFalse(claim: unknown): boolean {
  return ["false", "0", "no"].includes(String(claim).trim().toLowerCase());
}
