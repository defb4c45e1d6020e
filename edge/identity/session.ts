import { newRowId, type SessionId } from "@tafelrunde/protocol";
import type { Account } from "../store/account.ts";
import type { Db } from "../store/schema.ts";
import {
  deleteSessionOf,
  findSession,
  insertSession,
  type ProviderSession,
  rotateSession,
  settleRotation,
  type StoredSession,
  touchSession,
} from "../store/session.ts";
import { hashSecret, newSecret } from "./secret.ts";
import { isOpen, type Way } from "./ways.ts";

/** Lifetime of an unused session, ms. */
export const SESSION_IDLE_MS = 14 * 86_400_000;

/** Longest lifetime of a session, ms. */
export const SESSION_MAX_MS = 90 * 86_400_000;

/** The same for a session begun at an OpenID provider that cannot be asked again: a working day. */
const UNCHECKED_MAX_MS = 12 * 3_600_000;

/**
 * How long a session that expires during a meeting keeps the person in the meeting, ms; anything else needs a
 * new sign-in.
 */
export const MEETING_MS = 12 * 3_600_000;

/** How often a session gets a new secret, ms. */
const ROTATE_MS = 86_400_000;

/** How long the previous secret stays valid once the new one was used, ms: for requests in flight. */
const GRACE_MS = 60_000;

/** Precision of the stored time of a session's last use, ms: a write per request would be too expensive. */
const TOUCH_MS = 3_600_000;

/** A session found by its secret. `renewed`: the new secret for its browser. */
export interface OpenSession {
  readonly session: StoredSession;
  readonly renewed?: string;
}

/** How a person signed in. */
export interface SignIn {
  /** "password", "passkey", "recovery", "oneTimeLink" or the id of an OpenID provider. */
  readonly method: string;
  /** "Firefox on Windows" */
  readonly device: string;
  /** When they proved their identity, ms; default: now. Earlier if it was at a provider. */
  readonly provedAt?: number;
  readonly provider?: ProviderSession;
  /**
   * The browser's previous session. If it is of the same account it continues with a new secret, so that
   * other tabs stay signed in.
   */
  readonly former?: StoredSession;
}

/** Signs a browser in. Returns the secret for its cookie. */
export async function beginSession(db: Db, account: Account, signIn: SignIn, now: number): Promise<string> {
  const { method, device, provedAt = now, provider, former } = signIn;
  const secret = newSecret();
  // Of two concurrent sign-ins only one continues it.
  const isFree = former !== undefined && await deleteSessionOf(db, former.account.id, former.id);
  await insertSession(
    db,
    {
      id: isFree && former.account.id === account.id ? former.id : newRowId() as SessionId,
      hash: hashSecret(secret),
      accountId: account.id,
      method,
      device,
      provedAt,
      expiresAt: endOf({
        createdAt: now,
        issuer: provider?.issuer ?? null,
        recheckAt: provider?.recheckAt ?? null,
      }, now),
    },
    now,
    provider,
  );
  return secret;
}

/** When a session that is used at `now` ends. */
function endOf(
  { createdAt, issuer, recheckAt }: Pick<StoredSession, "createdAt" | "issuer" | "recheckAt">,
  now: number,
): number {
  const isUnchecked = issuer !== null && recheckAt === null;
  return Math.min(now + SESSION_IDLE_MS, createdAt + (isUnchecked ? UNCHECKED_MAX_MS : SESSION_MAX_MS));
}

/**
 * The session with a secret, by one indexed query; from time to time a second one stores its use or renews
 * the secret. A response with a new secret can get lost, so the old one stays valid until the new one is
 * used, and can be renewed again.
 */
export async function openSession(db: Db, secret: string, now: number): Promise<OpenSession | undefined> {
  const hash = hashSecret(secret);
  const session = await findSession(db, hash, now);
  if (session === undefined || !isOpen(wayOf(session), session.ways, now)) return undefined;
  const isPrevious = session.hash !== hash;
  if (isPrevious && session.previousUntil !== null && session.previousUntil <= now) return undefined;
  if (!isPrevious && session.previousHash !== null && session.previousUntil === null) {
    await settleRotation(db, session.id, now + GRACE_MS);
  }
  // Using a lapsed session, which is valid for meetings only, does not extend it.
  if (!session.isLapsed && now - session.seenAt >= TOUCH_MS) {
    await touchSession(db, session.id, now, endOf(session, now));
  }
  const isDue = now - session.rotatedAt >= (isPrevious ? GRACE_MS : ROTATE_MS);
  if (!isDue || isPrevious && session.previousUntil !== null) return { session };
  const renewed = await renew(db, session, hash, now);
  return { session, ...renewed !== undefined && { renewed } };
}

/** The sign-in method that a session counts as. */
export function wayOf({ issuer }: { readonly issuer: string | null }): Way {
  return issuer === null ? "ownSession" : "providerSession";
}

/** A new secret for the session, replacing that with `oldHash`; undefined: another request was first. */
async function renew(
  db: Db,
  session: StoredSession,
  oldHash: string,
  now: number,
): Promise<string | undefined> {
  const secret = newSecret();
  const next = { hash: hashSecret(secret), oldHash };
  return await rotateSession(db, session.id, session.hash, next, now) ? secret : undefined;
}
