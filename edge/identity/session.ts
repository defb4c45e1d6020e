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

/** How long a browser stays signed in that is not used, ms. */
export const SESSION_IDLE_MS = 14 * 86_400_000;

/** How long a browser stays signed in at most, ms. */
export const SESSION_MAX_MS = 90 * 86_400_000;

/** The same, where an OpenID provider has let the person in and cannot be asked again whether it still would: a working day. */
const UNCHECKED_MAX_MS = 12 * 3_600_000;

/** How long a session whose term has passed while somebody is in a meeting ends none, ms; for all else it asks for a new sign-in. */
export const MEETING_MS = 12 * 3_600_000;

/** How often a session gets a new secret, ms. */
const ROTATE_MS = 86_400_000;

/** How long the secret before is good once the new one has been seen, ms: requests that were under way. */
const GRACE_MS = 60_000;

/** How exactly it is known when a session was used, ms: a write for each request would be too dear. */
const TOUCH_MS = 3_600_000;

/** A session found by its secret. `renewed`: the secret that its browser is to have from now on. */
export interface OpenSession {
  readonly session: StoredSession;
  readonly renewed?: string;
}

/** How somebody signed in. */
export interface SignIn {
  /** "password", "passkey", "recovery", "ticket" or the id of an OpenID provider. */
  readonly method: string;
  /** "Firefox on Windows" */
  readonly device: string;
  /** When they proved who they are, ms; now, unless it was at a provider. */
  readonly provedAt?: number;
  readonly provider?: ProviderSession;
  /** The browser's session of before. Of the same account it goes on, under a new secret: what is open in other tabs stays open. */
  readonly former?: StoredSession;
}

/** Signs a browser in. Gives the secret for its cookie. */
export async function beginSession(db: Db, account: Account, signIn: SignIn, now: number): Promise<string> {
  const { method, device, provedAt = now, provider, former } = signIn;
  const secret = newSecret();
  // Of two sign-ins at once, one carries it on.
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
 * The session of a secret, by one indexed query; now and then a second one writes that it is in use or gives it a new secret. An answer with
 * a new secret may be lost on its way: so the old one is good until the new one has been seen, and renewed again.
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
  // Use does not move the end of one that is good for a meeting alone.
  if (!session.isLapsed && now - session.seenAt >= TOUCH_MS) {
    await touchSession(db, session.id, now, endOf(session, now));
  }
  const isDue = now - session.rotatedAt >= (isPrevious ? GRACE_MS : ROTATE_MS);
  if (!isDue || isPrevious && session.previousUntil !== null) return { session };
  const renewed = await renew(db, session, hash, now);
  return { session, ...renewed !== undefined && { renewed } };
}

/** What a session counts as: one of an account's ways. */
export function wayOf({ issuer }: { readonly issuer: string | null }): Way {
  return issuer === null ? "ownSession" : "providerSession";
}

/** A new secret for the session, in place of that with `oldHash`; undefined: another request was first. */
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
