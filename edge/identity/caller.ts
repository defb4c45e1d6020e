import type { TenantId } from "@tafelrunde/protocol";
import { DomainError } from "../errors.ts";
import type { Account } from "../store/account.ts";
import { findApiKeyByHash, touchApiKey } from "../store/api_key.ts";
import type { Db } from "../store/schema.ts";
import type { StoredSession } from "../store/session.ts";
import type { IdentityContext } from "../context.ts";
import type { Bearer } from "./effects.ts";
import { recheck } from "./oidc/recheck.ts";
import { hashSecret } from "./secret.ts";
import { openSession } from "./session.ts";
import { isOpen } from "./ways.ts";

/** Caller of a request: a signed-in person, a program with an API key, or anonymous. */
export type Caller =
  | { readonly kind: "account"; readonly account: Account; readonly session: StoredSession }
  | {
    readonly kind: "key";
    readonly keyId: string;
    readonly tenantId: TenantId;
    readonly scopes: readonly string[];
  }
  | { readonly kind: "nobody" };

/** A person who is signed in. */
export type AccountCaller = Extract<Caller, { kind: "account" }>;

/** A program with an API key. */
export type KeyCaller = Extract<Caller, { kind: "key" }>;

/** A person or program of a tenant. */
export type TenantCaller = AccountCaller | KeyCaller;

/** The caller with a session. */
export interface SessionCaller {
  readonly caller: AccountCaller;
  /** The session has lapsed: it counts only for meetings. */
  readonly isLapsed: boolean;
  /** The session's new secret; undefined: it keeps its secret. */
  readonly renewed: string | undefined;
}

/** Precision of the stored time of an API key's last use, ms. */
const TOUCH_KEY_MS = 3_600_000;

/** Whose permissions apply to the effects of the caller's request. */
export function bearerOf(caller: TenantCaller): Bearer {
  return { scopes: caller.kind === "key" ? caller.scopes : null };
}

/**
 * The caller with this session secret; undefined: the session has ended. From time to time it also asks the
 * person's OpenID provider.
 */
export async function findSessionCaller(
  context: IdentityContext,
  secret: string,
): Promise<SessionCaller | undefined> {
  const { db } = context;
  const now = context.now();
  const open = await openSession(db, secret, now);
  if (open === undefined) return undefined;
  const { session } = open;
  const isAdmitted = await recheck(context, { ...session, accountId: session.account.id });
  // Not admitted: the session has ended, or has just lapsed.
  const left = isAdmitted ? open : await openSession(db, secret, now);
  if (left === undefined) return undefined;
  const { account, isLapsed } = left.session;
  return {
    caller: { kind: "account", account, session: left.session },
    isLapsed,
    renewed: open.renewed,
  };
}

/** The caller with this API key. Throws `key.unknown` if the key is invalid or no longer valid. */
export async function findKeyCaller(db: Db, token: string, now: number): Promise<KeyCaller> {
  const key = await findApiKeyByHash(db, hashSecret(token), now);
  if (key === undefined || !isOpen("apiKey", key.makerWays, now)) throw new DomainError("key.unknown");
  if (key.usedAt === null || now - key.usedAt >= TOUCH_KEY_MS) await touchApiKey(db, key.id, now);
  return { kind: "key", keyId: key.id, tenantId: key.tenantId, scopes: key.scopes };
}
