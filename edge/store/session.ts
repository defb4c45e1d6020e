import type { AccountId, SessionId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import { type Account, accountOf } from "./account.ts";
import { type AccountWays, selectWays, waysOf } from "./account_ways.ts";
import type { Db } from "./schema.ts";
import { deleteOneTimeSecrets } from "./one_time_secret.ts";

/** Most sessions shown in a list. */
const MAX_LISTED = 100;

/** A signed-in browser. Instants are ms since 1970. */
export interface StoredSession {
  readonly id: SessionId;
  readonly account: Account;
  readonly ways: AccountWays;
  /** SHA-256 of the secret in the cookie, hex; and of the previous secret, which stays valid for a while. */
  readonly hash: string;
  readonly previousHash: string | null;
  /** Null: the newer secret has not been used yet. */
  readonly previousUntil: number | null;
  readonly rotatedAt: number;
  /** "password", "passkey", "recovery", "oneTimeLink" or the name of an OpenID provider. */
  readonly method: string;
  /** When the person last proved their identity. */
  readonly provedAt: number;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  /** The OpenID provider of the session; null: none. */
  readonly issuer: string | null;
  /** When to ask the provider again; null: never. */
  readonly recheckAt: number | null;
  /**
   * Its tokens have expired of age: the person stays in meetings, and must sign in again for everything else.
   */
  readonly isLapsed: boolean;
}

/** A new session. */
export interface NewSession {
  readonly id: SessionId;
  readonly hash: string;
  readonly accountId: AccountId;
  readonly method: string;
  readonly device: string;
  /** When the person proved their identity; at a provider, that can be hours ago. */
  readonly provedAt: number;
  readonly expiresAt: number;
}

/** The OpenID provider's id of the session, and its tokens. */
export interface ProviderSession {
  readonly issuer: string;
  readonly sid: string | null;
  /** Encrypted. */
  readonly tokens: string;
  readonly recheckAt: number | null;
}

export async function insertSession(
  db: Db,
  session: NewSession,
  at: number,
  provider?: ProviderSession,
): Promise<void> {
  const now = new Date(at);
  await db.insertInto("session").values({
    id: session.id,
    hash: session.hash,
    account_id: session.accountId,
    method: session.method,
    device: session.device,
    created_at: now,
    proved_at: new Date(session.provedAt),
    seen_at: now,
    rotated_at: now,
    expires_at: new Date(session.expiresAt),
    ...provider && {
      issuer: provider.issuer,
      sid: provider.sid,
      tokens: provider.tokens,
      recheck_at: provider.recheckAt === null ? null : new Date(provider.recheckAt),
    },
  }).execute();
}

/**
 * The session whose current or previous secret has this hash, unless it has expired. `ways` decide whether it
 * still is valid.
 */
export async function findSession(db: Db, hash: string, now: number): Promise<StoredSession | undefined> {
  // Not one condition with "or": PGlite has no bitmap scans, and would read the whole table.
  const found = db.selectFrom("session").selectAll().where("hash", "=", hash)
    .unionAll(db.selectFrom("session").selectAll().where("previous_hash", "=", hash)).as("s");
  const row = await db.selectFrom(found).innerJoin("account as a", "a.id", "s.account_id")
    .selectAll("a").select([
      "s.id as session_id",
      "s.hash",
      "s.previous_hash",
      "s.previous_until",
      "s.rotated_at",
      "s.method",
      "s.proved_at",
      "s.created_at as begun_at",
      "s.seen_at",
      "s.expires_at",
      "s.issuer",
      "s.recheck_at",
      "s.lapsed_at",
      selectWays.as("ways"),
    ])
    .where("s.expires_at", ">", new Date(now)).executeTakeFirst();
  return row && {
    id: row.session_id as SessionId,
    account: accountOf(row),
    ways: waysOf(row),
    hash: row.hash,
    previousHash: row.previous_hash,
    previousUntil: row.previous_until?.getTime() ?? null,
    rotatedAt: row.rotated_at.getTime(),
    method: row.method,
    provedAt: row.proved_at.getTime(),
    createdAt: row.begun_at.getTime(),
    seenAt: row.seen_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    issuer: row.issuer,
    recheckAt: row.recheck_at?.getTime() ?? null,
    isLapsed: row.lapsed_at !== null,
  };
}

/** The facts that decide whether a session stays valid. */
export interface SessionWays
  extends Pick<StoredSession, "id" | "issuer" | "method" | "recheckAt" | "ways" | "expiresAt" | "isLapsed"> {
  readonly accountId: AccountId;
}

/**
 * Those of these sessions that have not expired at `now`, with the ways of their accounts; one query, with
 * indexes.
 */
export async function readSessionWays(
  db: Db,
  ids: readonly SessionId[],
  now: number,
): Promise<SessionWays[]> {
  const rows = await db.selectFrom("session as s").innerJoin("account as a", "a.id", "s.account_id")
    .select([
      "s.id",
      "s.account_id",
      "s.issuer",
      "s.method",
      "s.recheck_at",
      "s.expires_at",
      "s.lapsed_at",
      selectWays.as("ways"),
    ])
    .where("s.id", "=", sql<string>`any(${ids})`)
    .where("s.expires_at", ">", new Date(now)).execute();
  return rows.map((row) => ({
    id: row.id as SessionId,
    accountId: row.account_id as AccountId,
    issuer: row.issuer,
    method: row.method,
    recheckAt: row.recheck_at?.getTime() ?? null,
    expiresAt: row.expires_at.getTime(),
    isLapsed: row.lapsed_at !== null,
    ways: waysOf(row),
  }));
}

/**
 * Replaces the session's secret if `from` is the current one; the old one stays valid until the new one is
 * used. False: it is not.
 */
export async function rotateSession(
  db: Db,
  id: SessionId,
  from: string,
  next: { readonly hash: string; readonly oldHash: string },
  at: number,
): Promise<boolean> {
  const result = await db.updateTable("session")
    .set({ hash: next.hash, previous_hash: next.oldHash, previous_until: null, rotated_at: new Date(at) })
    .where("id", "=", id).where("hash", "=", from).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The newer secret was used: the older one expires at `until`. */
export async function settleRotation(db: Db, id: SessionId, until: number): Promise<void> {
  await db.updateTable("session").set({ previous_until: new Date(until) }).where("id", "=", id)
    .where("previous_until", "is", null).execute();
}

/** The session is in use: extends it. */
export async function touchSession(db: Db, id: SessionId, seenAt: number, expiresAt: number): Promise<void> {
  await db.updateTable("session").set({ seen_at: new Date(seenAt), expires_at: new Date(expiresAt) })
    .where("id", "=", id).execute();
}

/** The provider's tokens of the session, encrypted; null: none. */
export async function findTokens(db: Db, id: SessionId): Promise<string | null> {
  const row = await db.selectFrom("session").select("tokens").where("id", "=", id).executeTakeFirst();
  return row?.tokens ?? null;
}

/** Postpones the next check to `to` if it is due at `from`; false: another request has done so. */
export async function claimRecheck(db: Db, id: SessionId, from: number, to: number): Promise<boolean> {
  const result = await db.updateTable("session").set({ recheck_at: new Date(to) }).where("id", "=", id)
    .where("recheck_at", "=", new Date(from)).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Stores the tokens from a check, and when the next one is due. */
export async function keepTokens(db: Db, id: SessionId, tokens: string, recheckAt: number): Promise<void> {
  await db.updateTable("session").set({ tokens, recheck_at: new Date(recheckAt) }).where("id", "=", id)
    .execute();
}

/** Requires a new sign-in from `at` (ms) on, but keeps the person in meetings until `until` (ms). */
export async function lapseSession(db: Db, id: SessionId, at: number, until: number): Promise<void> {
  await db.updateTable("session").set({ lapsed_at: new Date(at), expires_at: new Date(until) })
    .where("id", "=", id).execute();
}

/** Deletes the session's tokens, so the provider is not asked again. */
export async function forgetTokens(db: Db, id: SessionId): Promise<void> {
  await db.updateTable("session").set({ tokens: null, recheck_at: null }).where("id", "=", id).execute();
}

/** A signed-in browser, for the person's list. */
export interface ListedSession {
  readonly id: SessionId;
  readonly device: string;
  readonly method: string;
  readonly createdAt: number;
  readonly seenAt: number;
}

/** The account's sessions at `now`, last used first. */
export async function listSessions(db: Db, accountId: AccountId, now: number): Promise<ListedSession[]> {
  const rows = await db.selectFrom("session").select(["id", "device", "method", "created_at", "seen_at"])
    .where("account_id", "=", accountId).where("expires_at", ">", new Date(now)).where(
      "lapsed_at",
      "is",
      null,
    )
    .orderBy("seen_at", "desc").orderBy("id").limit(MAX_LISTED).execute();
  return rows.map((row) => ({
    id: row.id as SessionId,
    device: row.device,
    method: row.method,
    createdAt: row.created_at.getTime(),
    seenAt: row.seen_at.getTime(),
  }));
}

/** Deletes one of an account's sessions; false: no such session. */
export async function deleteSessionOf(db: Db, accountId: AccountId, id: SessionId): Promise<boolean> {
  const result = await db.deleteFrom("session").where("account_id", "=", accountId).where("id", "=", id)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** The sessions that a provider's logout names: one session, all of one person, or one of theirs. */
export interface LoggedOut {
  readonly issuer: string;
  readonly sid: string | undefined;
  readonly subject: string | undefined;
}

/** Deletes the sessions that a provider's logout names. Returns their accounts. */
export async function deleteProviderSessions(
  db: Db,
  { issuer, sid, subject }: LoggedOut,
): Promise<AccountId[]> {
  let query = db.deleteFrom("session").where("issuer", "=", issuer);
  if (sid !== undefined) query = query.where("sid", "=", sid);
  if (subject !== undefined) {
    query = query.where(
      "account_id",
      "in",
      (eb) =>
        eb.selectFrom("identity").select("account_id").where("issuer", "=", issuer).where(
          "subject",
          "=",
          subject,
        ),
    );
  }
  const rows = await query.returning("account_id").execute();
  return [...new Set(rows.map((row) => row.account_id as AccountId))];
}

export async function deleteSession(db: Db, id: SessionId): Promise<void> {
  await db.deleteFrom("session").where("id", "=", id).execute();
}

/**
 * Deletes all sessions of an account except `except`, and a pending change of its address: whoever asked for
 * it must not get the account back that way.
 */
export async function deleteSessionsOf(db: Db, accountId: AccountId, except?: SessionId): Promise<void> {
  await deleteOneTimeSecrets(db, "changeEmail", accountId);
  let query = db.deleteFrom("session").where("account_id", "=", accountId);
  if (except !== undefined) query = query.where("id", "!=", except);
  await query.execute();
}

/** Deletes all sessions of an account that did not start at an OpenID provider. */
export async function deleteOwnSessions(db: Db, accountId: AccountId): Promise<void> {
  await db.deleteFrom("session").where("account_id", "=", accountId).where("issuer", "is", null).execute();
}
