import { Email } from "@tafelrunde/protocol/http";
import { MAX_NAME } from "@tafelrunde/protocol";
import * as v from "valibot";
import { storable } from "../../rooms/text.ts";
import type { ProviderConfig } from "./provider_config.ts";

/** Most groups of one person that are kept. */
const MAX_GROUPS = 200;

/** Longest name of a group, characters. */
const MAX_GROUP_NAME = 120;

/** Somebody as their provider describes them. */
export interface Claimed {
  readonly issuer: string;
  readonly subject: string;
  /** Undefined: the provider tells none. */
  readonly name: string | undefined;
  /** Lower-case. Undefined: the provider tells none, or does not vouch that it is theirs, and who it belongs to would be anybody's word. */
  readonly email: string | undefined;
  /** The address of which the provider says that nobody has shown it to be theirs. */
  readonly disownedEmail?: string | undefined;
  /** Undefined: the provider tells nothing of groups. */
  readonly groups: readonly string[] | undefined;
  /** Slug; undefined: none is claimed. */
  readonly tenant: string | undefined;
}

/** What claims (of an ID token and of the userinfo endpoint) say of somebody, by the names that the provider is configured with. */
export function readClaims(
  claims: Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string },
  provider: ProviderConfig,
): Claimed {
  const email = v.safeParse(Email, claims[provider.emailClaim]);
  const isVouchedFor = provider.trustsEmail || claims.email_verified === true ||
    claims.email_verified === "true";
  const isDisowned = claims.email_verified === false || claims.email_verified === "false";
  return {
    issuer: claims.iss,
    subject: claims.sub,
    name: lineOf(claims[provider.nameClaim], MAX_NAME) ?? lineOf(claims.preferred_username, MAX_NAME),
    email: email.success && isVouchedFor ? email.output : undefined,
    disownedEmail: email.success && isDisowned ? email.output : undefined,
    groups: groupsOf(claims[provider.groupsClaim]),
    tenant: provider.tenantClaim === undefined ? undefined : lineOf(claims[provider.tenantClaim], 63),
  };
}

/** Whether something is still to be asked for at the userinfo endpoint: many providers put little into the ID token. */
export function isIncomplete(claims: Readonly<Record<string, unknown>>, provider: ProviderConfig): boolean {
  const wanted = [provider.nameClaim, provider.emailClaim, provider.groupsClaim, provider.tenantClaim];
  return wanted.some((name) => name !== undefined && claims[name] === undefined);
}

function groupsOf(claim: unknown): string[] | undefined {
  const named = typeof claim === "string" ? [claim] : Array.isArray(claim) ? claim : undefined;
  if (named === undefined) return undefined;
  const groups = named.map((name) => lineOf(name, MAX_GROUP_NAME)).filter((name) => name !== undefined)
    .map(groupName);
  return [...new Set(groups)].slice(0, MAX_GROUPS);
}

/** A group's name as it is kept and compared. Keycloak's "full group path" writes "/Rat/Leitung", without it the same provider writes "Leitung". */
export function groupName(claimed: string): string {
  return claimed.replace(/^\/(?=.)/, "");
}

/** A claim as one line of at most `max` characters; undefined: it is none. */
function lineOf(claim: unknown, max: number): string | undefined {
  if (typeof claim !== "string") return undefined;
  const text = [...storable(claim).replaceAll(/\p{Cc}/gu, " ").trim()].slice(0, max).join("").trim();
  return text === "" ? undefined : text;
}
