import { cutText, MAX_NAME } from "@tafelrunde/protocol";
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
}

export type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };

/** What claims (of an ID token and of the userinfo endpoint) say of somebody, by the names that the provider is configured with. */
export function readClaims(claims: Claims, provider: ProviderConfig): Claimed {
  const address = v.safeParse(Email, claimAt(claims, provider.emailClaim));
  const email = address.success ? address.output : undefined;
  // `email_verified` is about `email`, and about no other claim that has an address. Source: OpenID Connect Core 1.0 §5.1.
  const vouched = v.safeParse(Email, claims["email"]);
  const isAbout = email !== undefined && vouched.success && vouched.output === email;
  const isVouchedFor = provider.trustsEmail || isAbout && isTrue(claims["email_verified"]);
  return {
    issuer: claims.iss,
    subject: claims.sub,
    name: nameOf(claims, provider),
    email: isVouchedFor ? email : undefined,
    disownedEmail: isAbout && isFalse(claims["email_verified"]) ? email : undefined,
    groups: groupsOf(claimAt(claims, provider.groupsClaim)),
    tenant: provider.tenantClaim === undefined
      ? undefined
      : lineOf(claimAt(claims, provider.tenantClaim), MAX_SLUG + 1)?.toLowerCase(),
  };
}

/** Names of the claims that are configured and not there: many providers put little into the ID token. */
export function missingClaims(claims: Claims, provider: ProviderConfig): string[] {
  const { nameClaim, emailClaim, groupsClaim, tenantClaim } = provider;
  return [nameClaim, emailClaim, groupsClaim, tenantClaim].filter((name) => name !== undefined)
    .filter((name) => claimAt(claims, name) === undefined);
}

/** A claim by its name, or by its path where there is none of that name: "realm_access.roles". */
function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name] ?? undefined;
  let value: unknown = claims;
  for (const part of name.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value ?? undefined;
}

/** How somebody is called. Never their address, which others would see: names are public, addresses are not. */
function nameOf(claims: Claims, { nameClaim }: ProviderConfig): string | undefined {
  const parts = [claims["given_name"], claims["family_name"]].map((part) => lineOf(part, MAX_NAME));
  const joined = parts.filter((part) => part !== undefined).join(" ");
  return [claimAt(claims, nameClaim), joined, claims["nickname"], claims["preferred_username"]]
    .map((name) => lineOf(name, MAX_NAME))
    .find((name) => name !== undefined && !name.includes("@"));
}

/** Many names, one of them, or several in one text: "a b". */
function groupsOf(claim: unknown): string[] | undefined {
  const named = typeof claim === "string" ? [claim] : Array.isArray(claim) ? claim : undefined;
  if (named === undefined) return undefined;
  const groups = named.map((name) => lineOf(name, Infinity)).filter((name) => name !== undefined)
    .map(groupName);
  return [...new Set(groups)];
}

/** A group's name as it is kept and compared. Keycloak's "full group path" writes "/Rat/Leitung", without it the same provider writes "Leitung". */
export function groupName(claimed: string): string {
  return claimed.normalize("NFC").replace(/^\/(?=.)/, "");
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

function isFalse(claim: unknown): boolean {
  return claim === false || claim === "false";
}
