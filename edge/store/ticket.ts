import type { AccountId, TenantId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";

/**
 * The purpose of something that can be used once, or has been used. `firstAdmin`, `invite`, `resetPassword`,
 * `changeEmail`: links. `passkey`: a challenge for an authenticator to sign. `logoutToken`: a provider's
 * token that has been used up.
 */
export type TicketPurpose =
  | "firstAdmin"
  | "invite"
  | "resetPassword"
  | "changeEmail"
  | "passkey"
  | "logoutToken";

/** A ticket. `hash`: SHA-256 of its secret, hex. Instants are ms. */
export interface Ticket {
  readonly hash: string;
  readonly purpose: TicketPurpose;
  readonly tenantId: TenantId | null;
  readonly accountId: AccountId | null;
  /**
   * The address that the link was mailed to; with `changeEmail`, the account's new address; null: it was not
   * mailed.
   */
  readonly email?: string | null;
  readonly expiresAt: number;
}

/** Stores a ticket; false: the hash exists already. */
export async function insertTicket(db: Db, ticket: Ticket): Promise<boolean> {
  const result = await db.insertInto("ticket").values({
    hash: ticket.hash,
    purpose: ticket.purpose,
    tenant_id: ticket.tenantId,
    account_id: ticket.accountId,
    email: ticket.email ?? null,
    expires_at: new Date(ticket.expiresAt),
  }).onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The ticket with this hash, unless it has expired. It stays valid. */
export async function findTicket(db: Db, hash: string, now: number): Promise<Ticket | undefined> {
  const row = await db.selectFrom("ticket").selectAll().where("hash", "=", hash)
    .where("expires_at", ">", new Date(now)).executeTakeFirst();
  return row && {
    hash: row.hash,
    purpose: row.purpose as TicketPurpose,
    tenantId: row.tenant_id as TenantId | null,
    accountId: row.account_id as AccountId | null,
    email: row.email,
    expiresAt: row.expires_at.getTime(),
  };
}

/** Uses a ticket up; false: it was invalid. */
export async function useTicket(db: Db, hash: string, purpose: TicketPurpose, now: number): Promise<boolean> {
  const result = await db.deleteFrom("ticket").where("hash", "=", hash).where("purpose", "=", purpose)
    .where("expires_at", ">", new Date(now)).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Deletes all tickets of an account with one purpose; null: those without an account. */
export async function deleteTickets(
  db: Db,
  purpose: TicketPurpose,
  accountId: AccountId | null,
): Promise<void> {
  await db.deleteFrom("ticket").where("purpose", "=", purpose)
    .where("account_id", "is not distinct from", accountId).execute();
}

/** Deletes expired tickets. */
export async function eraseExpiredTickets(db: Db, now: number): Promise<void> {
  await db.deleteFrom("ticket").where("expires_at", "<=", new Date(now)).execute();
}
