import { newRowId } from "@tafelrunde/protocol";
import { sql } from "kysely";
import { anyOf } from "./any_of.ts";
import type { Db } from "./schema.ts";

/** What is sent to another system. */
export interface OutboxItem {
  /** The kind, which says how it is sent. */
  readonly kind: string;
  /** What of its kind it is. */
  readonly variant: string;
  /** Whose turn it takes: a tenant's id; empty: the installation's. */
  readonly share: string;
  /** As JSON. */
  readonly body: unknown;
  /**
   * Replaces waiting items with the same `about` that were held back, or are of one of these variants, so
   * that none of them is sent after it.
   */
  readonly replaces?: { readonly about: string; readonly variants: readonly string[] } | undefined;
}

/** An item that this edge has claimed; nobody else sends it until the claim ends. */
export interface ClaimedItem {
  readonly id: string;
  readonly variant: string;
  readonly share: string;
  readonly body: unknown;
  /** Number of earlier tries. */
  readonly tries: number;
  /** When it was added, ms. */
  readonly addedAt: number;
}

/** Where an item comes from that was queued elsewhere before: its id, and since when, ms. */
export interface Origin {
  readonly id: string;
  readonly addedAt: number;
}

/**
 * Adds an item that may be sent from `now` (ms) on; in a transaction, it is sent if and when that commits.
 */
export async function addToOutbox(
  db: Db,
  item: OutboxItem,
  now: number,
  { id, addedAt }: Origin = { id: newRowId(), addedAt: now },
): Promise<void> {
  const { kind, variant, share, body, replaces } = item;
  if (replaces !== undefined) {
    await db.deleteFrom("outbox").where("kind", "=", kind).where("about", "=", replaces.about)
      .where((eb) =>
        eb.or([eb("is_held", "=", true), eb("variant", "=", sql<string>`any(${replaces.variants})`)])
      )
      .execute();
  }
  const about = replaces?.about ?? null;
  await db.insertInto("outbox")
    .values({
      id,
      kind,
      variant,
      share,
      body: JSON.stringify(body),
      about,
      due_at: new Date(now),
      created_at: new Date(addedAt),
    })
    .execute();
}

/** Whose turn it is. */
export interface Turn {
  /** The share that had the last turn: the next one in the order of their names is asked first. */
  readonly after: string;
  /** Shares that have to wait. */
  readonly busy: readonly string[];
}

/**
 * Claims the longest waiting due item of the share whose turn it is, for `claimMs`; undefined: none is due.
 */
export async function claimItem(
  db: Db,
  kind: string,
  turn: Turn,
  claimMs: number,
  now: number,
): Promise<ClaimedItem | undefined> {
  return await claimIn(db, kind, turn, ">", claimMs, now) ??
    await claimIn(db, kind, turn, "<=", claimMs, now);
}

async function claimIn(
  db: Db,
  kind: string,
  { after, busy }: Turn,
  isNext: ">" | "<=",
  claimMs: number,
  now: number,
): Promise<ClaimedItem | undefined> {
  const due = db.selectFrom("outbox").select("id").where("kind", "=", kind).where("failed_at", "is", null)
    .where("share", isNext, after).where("share", "!=", sql<string>`all(${busy})`)
    .where("due_at", "<=", new Date(now))
    .orderBy("share").orderBy("due_at").limit(1).forUpdate().skipLocked();
  const row = await db.updateTable("outbox")
    .set({ due_at: new Date(now + claimMs), tries: sql<number>`tries + 1`, is_held: false })
    .where("id", "=", anyOf(due))
    .returning(["id", "variant", "share", "body", "tries", "created_at"]).executeTakeFirst();
  return row && {
    id: row.id,
    variant: row.variant,
    share: row.share,
    body: row.body,
    tries: row.tries - 1,
    addedAt: row.created_at.getTime(),
  };
}

type Claim = Pick<ClaimedItem, "id" | "tries">;

/** A claim's row, unless it was claimed again since. */
const rowOf = (db: Db, { id, tries }: Claim) =>
  db.updateTable("outbox").where("id", "=", id).where("tries", "=", tries + 1).where("failed_at", "is", null);

/** Returns a claimed item for another try at `dueAt` (ms). */
export async function deferItem(db: Db, claim: Claim, dueAt: number): Promise<void> {
  await rowOf(db, claim).set({ due_at: new Date(dueAt) }).execute();
}

/** Holds a claimed item back until `dueAt` (ms), without counting a try. */
export async function holdItem(db: Db, claim: Claim, dueAt: number): Promise<void> {
  await rowOf(db, claim).set({ due_at: new Date(dueAt), tries: claim.tries, is_held: true }).execute();
}

/**
 * Gives a claimed item up: its content is erased, and `failure` (codes, nothing personal) kept for a while.
 */
export async function failItem(db: Db, claim: Claim, failure: string, now: number): Promise<void> {
  await rowOf(db, claim).set({ body: null, about: null, failed_at: new Date(now), failure }).execute();
}

/** Deletes an item that was sent, or is not wanted. */
export async function deleteItem(db: Db, { id }: Pick<ClaimedItem, "id">): Promise<void> {
  await db.deleteFrom("outbox").where("id", "=", id).execute();
}
