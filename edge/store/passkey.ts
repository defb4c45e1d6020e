import type { AccountId } from "@tafelrunde/protocol";
import { type Account, accountOf } from "./account.ts";
import { type AccountWays, selectWays, waysOf } from "./account_ways.ts";
import type { Db } from "./schema.ts";

/** A passkey for its account's list. Instants are ms. */
export interface Passkey {
  /** WebAuthn credential id, base64url. */
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly usedAt: number | null;
}

/** The credential that an assertion is checked against. */
export interface PasskeyCredential {
  readonly id: string;
  /** COSE key. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** Signature counter of the authenticator. */
  readonly counter: number;
  readonly transports: readonly string[];
}

/** Stores a new passkey; false: the id exists already. */
export async function insertPasskey(
  db: Db,
  accountId: AccountId,
  passkey: PasskeyCredential & { readonly name: string },
  at: number,
): Promise<boolean> {
  const result = await db.insertInto("passkey").values({
    id: passkey.id,
    account_id: accountId,
    public_key: passkey.publicKey,
    counter: passkey.counter,
    transports: [...passkey.transports],
    name: passkey.name,
    created_at: new Date(at),
  }).onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The passkey with this id, and its account. */
export async function findPasskey(
  db: Db,
  id: string,
): Promise<
  | { readonly account: Account; readonly ways: AccountWays; readonly credential: PasskeyCredential }
  | undefined
> {
  const row = await db.selectFrom("passkey as p").innerJoin("account as a", "a.id", "p.account_id")
    .selectAll("a").select([
      "p.id as credential_id",
      "p.public_key",
      "p.counter",
      "p.transports",
      selectWays.as("ways"),
    ])
    .where("p.id", "=", id).executeTakeFirst();
  return row && {
    account: accountOf(row),
    ways: waysOf(row),
    credential: {
      id: row.credential_id,
      publicKey: new Uint8Array(row.public_key),
      counter: Number(row.counter),
      transports: row.transports,
    },
  };
}

/** The account's passkeys, oldest first. */
export async function listPasskeys(db: Db, accountId: AccountId): Promise<Passkey[]> {
  const rows = await db.selectFrom("passkey").select(["id", "name", "created_at", "used_at"])
    .where("account_id", "=", accountId).orderBy("created_at").orderBy("id").execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    createdAt: row.created_at.getTime(),
    usedAt: row.used_at?.getTime() ?? null,
  }));
}

/** Records the use of a passkey, and its authenticator's counter. */
export async function touchPasskey(db: Db, id: string, counter: number, at: number): Promise<void> {
  await db.updateTable("passkey").set({ counter, used_at: new Date(at) }).where("id", "=", id).execute();
}

/** Renames a passkey; false: the account has no such passkey. */
export async function renamePasskey(
  db: Db,
  accountId: AccountId,
  id: string,
  name: string | undefined,
): Promise<boolean> {
  const result = await db.updateTable("passkey").set((eb) => ({ name: name ?? eb.ref("name") }))
    .where("account_id", "=", accountId).where("id", "=", id).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Deletes a passkey; false: the account has no such passkey. */
export async function deletePasskey(db: Db, accountId: AccountId, id: string): Promise<boolean> {
  const result = await db.deleteFrom("passkey").where("account_id", "=", accountId).where("id", "=", id)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Deletes all passkeys of an account. */
export async function deletePasskeys(db: Db, accountId: AccountId): Promise<void> {
  await db.deleteFrom("passkey").where("account_id", "=", accountId).execute();
}
