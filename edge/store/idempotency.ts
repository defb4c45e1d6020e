import type { Db } from "./schema.ts";

/** Which request of whom: `caller` with its own `key`. */
export interface RequestKey {
  readonly caller: string;
  readonly key: string;
}

/** A request that was begun before. */
export interface BegunRequest {
  /** SHA-256 of method, path and body, hex. */
  readonly requestHash: string;
  /** What it was answered, sealed; null: it was not yet. */
  readonly answer: string | null;
}

/** Notes that a request begins; gives the one with the same key that has begun before, if there is one. */
export async function beginRequest(
  db: Db,
  { caller, key }: RequestKey,
  requestHash: string,
  at: number,
): Promise<BegunRequest | undefined> {
  const begun = await db.insertInto("idempotency")
    .values({ caller, key, request_hash: requestHash, created_at: new Date(at) })
    .onConflict((conflict) => conflict.doNothing()).returning("key").executeTakeFirst();
  if (begun !== undefined) return undefined;
  const row = await db.selectFrom("idempotency").select(["request_hash", "answer"])
    .where("caller", "=", caller).where("key", "=", key).executeTakeFirst();
  // It failed between the two statements: as good as under way.
  return { requestHash: row?.request_hash ?? requestHash, answer: row?.answer ?? null };
}

/** Keeps what the request was answered. */
export async function endRequest(db: Db, { caller, key }: RequestKey, answer: string): Promise<void> {
  await db.updateTable("idempotency").set({ answer }).where("caller", "=", caller).where("key", "=", key)
    .execute();
}

/** Forgets a request that came to nothing: it may be made again. */
export async function forgetRequest(db: Db, { caller, key }: RequestKey): Promise<void> {
  await db.deleteFrom("idempotency").where("caller", "=", caller).where("key", "=", key).execute();
}

/** Forgets requests that began before `before`. */
export async function eraseOldRequests(db: Db, before: number): Promise<void> {
  await db.deleteFrom("idempotency").where("created_at", "<", new Date(before)).execute();
}
