import type { Db } from "./schema.ts";

/** How long an answer is kept for repeated requests, ms. */
export const KEEP_ANSWERS_MS = 86_400_000;

/** Identifies a request: the caller, and the idempotency key it chose. */
export interface RequestKey {
  readonly caller: string;
  readonly key: string;
}

/** A request with the same key that started before. */
export interface BegunRequest {
  /** SHA-256 of method, path and body, hex. */
  readonly requestHash: string;
  /** The answer, sealed; null: not answered yet. */
  readonly answer: string | null;
}

/** Records that a request starts; returns an earlier request with the same key, if there is one. */
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
  // The earlier one failed between the two statements: treat it as in progress.
  return { requestHash: row?.request_hash ?? requestHash, answer: row?.answer ?? null };
}

/** Stores the answer to a request. */
export async function endRequest(db: Db, { caller, key }: RequestKey, answer: string): Promise<void> {
  await db.updateTable("idempotency").set({ answer }).where("caller", "=", caller).where("key", "=", key)
    .execute();
}

/** Deletes a request that had no effect, so it can be made again. */
export async function forgetRequest(db: Db, { caller, key }: RequestKey): Promise<void> {
  await db.deleteFrom("idempotency").where("caller", "=", caller).where("key", "=", key).execute();
}
