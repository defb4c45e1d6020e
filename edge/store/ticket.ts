import type { AccountId, TenantId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";

/**
 * What is good once, or has been good once. `firstAdmin`, `invite`, `resetPassword`, `changeEmail`: links. `passkey`: a challenge that an authenticator is to
 * sign. `logoutToken`: a provider's token that has been used up.
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
  /** Where the link was mailed to, and with `changeEmail` the address that the account is to have; null: it was handed over in another way. */
  readonly email?: string | null;
  readonly expiresAt: number;
}

/** Stores a ticket; false: there is one with this hash already. */
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

/** The ticket with this hash, if its time has not passed. It stays good. */
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

/** Uses a ticket up; says whether it was good. */
export async function useTicket(db: Db, hash: string, purpose: TicketPurpose, now: number): Promise<boolean> {
  const result = await db.deleteFrom("ticket").where("hash", "=", hash).where("purpose", "=", purpose)
    .where("expires_at", ">", new Date(now)).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Takes all of an account's tickets of one purpose back; with null those that belong to no account. */
export async function deleteTickets(
  db: Db,
  purpose: TicketPurpose,
  accountId: AccountId | null,
): Promise<void> {
  await db.deleteFrom("ticket").where("purpose", "=", purpose)
    .where("account_id", "is not distinct from", accountId).execute();
}

/** Forgets tickets whose time has passed. */
export async function eraseExpiredTickets(db: Db, now: number): Promise<void> {
  await db.deleteFrom("ticket").where("expires_at", "<=", new Date(now)).execute();
}
