import type { AccountId, SessionId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import { type Account, accountOf } from "./account.ts";
import { type AccountWays, selectWays, waysOf } from "./account_ways.ts";
import type { Db } from "./schema.ts";
import { deleteTickets } from "./ticket.ts";

/** Most sessions that a list shows. */
const MAX_LISTED = 100;

/** A signed-in browser. Instants are ms since 1970. */
export interface StoredSession {
  readonly id: SessionId;
  readonly account: Account;
  readonly ways: AccountWays;
  /** SHA-256 of the secret in the cookie, hex; and of the one before, which is good for a while longer. */
  readonly hash: string;
  readonly previousHash: string | null;
  /** Null: nobody has shown the newer secret yet. */
  readonly previousUntil: number | null;
  readonly rotatedAt: number;
  /** "password", "passkey", "recovery", "ticket" or the name of an OpenID provider. */
  readonly method: string;
  /** When the person last proved who they are. */
  readonly provedAt: number;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  /** The OpenID provider that it comes from; null: it is our own. */
  readonly issuer: string | null;
  /** When the provider is to be asked again; null: never. */
  readonly recheckAt: number | null;
  /** Its tokens have died of age: its person stays in meetings, and signs in anew for all else. */
  readonly isLapsed: boolean;
}

/** A session to be. */
export interface NewSession {
  readonly id: SessionId;
  readonly hash: string;
  readonly accountId: AccountId;
  readonly method: string;
  readonly device: string;
  /** When the person proved who they are; a provider may have asked them hours ago. */
  readonly provedAt: number;
  readonly expiresAt: number;
}

/** What the OpenID provider calls the session, and gave for it. */
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

/** The session whose secret, or whose secret before the last rotation, has this hash; not after its end. Whether it still lets its person in is for `ways` to say. */
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

/** What decides whether a session goes on. */
export interface SessionWays
  extends Pick<StoredSession, "id" | "issuer" | "method" | "recheckAt" | "ways" | "expiresAt" | "isLapsed"> {
  readonly accountId: AccountId;
}

/** Those of these sessions that have not ended at `now`, and the ways of their accounts: by one query, of indexes. */
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

/** Gives the session a new secret if `from` still is its newest; the older one stays good until the new one is seen. Says whether it did. */
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

/** The newer secret has been seen: the older one is good until `until`. */
export async function settleRotation(db: Db, id: SessionId, until: number): Promise<void> {
  await db.updateTable("session").set({ previous_until: new Date(until) }).where("id", "=", id)
    .where("previous_until", "is", null).execute();
}

/** The session is in use: its end moves. */
export async function touchSession(db: Db, id: SessionId, seenAt: number, expiresAt: number): Promise<void> {
  await db.updateTable("session").set({ seen_at: new Date(seenAt), expires_at: new Date(expiresAt) })
    .where("id", "=", id).execute();
}

/** What the provider gave for the session, encrypted; null: nothing. */
export async function findTokens(db: Db, id: SessionId): Promise<string | null> {
  const row = await db.selectFrom("session").select("tokens").where("id", "=", id).executeTakeFirst();
  return row?.tokens ?? null;
}

/** Puts the next check off to `to`, if it still is due at `from`: of several requests at once one does it. Says whether it did. */
export async function claimRecheck(db: Db, id: SessionId, from: number, to: number): Promise<boolean> {
  const result = await db.updateTable("session").set({ recheck_at: new Date(to) }).where("id", "=", id)
    .where("recheck_at", "=", new Date(from)).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Keeps what the provider gave at a check, and when the next one is due. */
export async function keepTokens(db: Db, id: SessionId, tokens: string, recheckAt: number): Promise<void> {
  await db.updateTable("session").set({ tokens, recheck_at: new Date(recheckAt) }).where("id", "=", id)
    .execute();
}

/** The session asks for a new sign-in from `at` (ms) on, and ends no meeting until `until` (ms). */
export async function lapseSession(db: Db, id: SessionId, at: number, until: number): Promise<void> {
  await db.updateTable("session").set({ lapsed_at: new Date(at), expires_at: new Date(until) })
    .where("id", "=", id).execute();
}

/** Forgets what the provider gave for the session: it is not asked again. */
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

/** The account's sessions at `now`, the one used last first. */
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

/** Ends one of an account's sessions; says whether there was such a one. */
export async function deleteSessionOf(db: Db, accountId: AccountId, id: SessionId): Promise<boolean> {
  const result = await db.deleteFrom("session").where("account_id", "=", accountId).where("id", "=", id)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** What a provider's logout names: one session, all of one person's, or one of theirs. */
export interface LoggedOut {
  readonly issuer: string;
  readonly sid: string | undefined;
  readonly subject: string | undefined;
}

/** Ends the sessions that a provider's logout names. Gives whose they were. */
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
 * Ends all sessions of an account, but for `except`. An address that one of them has asked for goes with them: whoever it was does not get the
 * account back by it.
 */
export async function deleteSessionsOf(db: Db, accountId: AccountId, except?: SessionId): Promise<void> {
  await deleteTickets(db, "changeEmail", accountId);
  let query = db.deleteFrom("session").where("account_id", "=", accountId);
  if (except !== undefined) query = query.where("id", "!=", except);
  await query.execute();
}

/** Ends all sessions of an account that no OpenID provider has begun. */
export async function deleteOwnSessions(db: Db, accountId: AccountId): Promise<void> {
  await db.deleteFrom("session").where("account_id", "=", accountId).where("issuer", "is", null).execute();
}

/** Forgets sessions whose end has passed. */
export async function eraseExpiredSessions(db: Db, now: number): Promise<void> {
  await db.deleteFrom("session").where("expires_at", "<=", new Date(now)).execute();
}
