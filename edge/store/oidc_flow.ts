import type { Db } from "./schema.ts";

/** A sign-in in progress at an OpenID provider. */
export interface OidcFlow {
  /** SHA-256 of `state`, hex. */
  readonly stateHash: string;
  readonly provider: string;
  readonly codeVerifier: string;
  readonly nonce: string;
  /** A path of this site. */
  readonly returnTo: string;
  /** SHA-256 of the device cookie that started it: no other device can finish it. */
  readonly deviceHash: string;
  /** The person is signed in, and must prove their identity again. */
  readonly isProof: boolean;
  /** Ms since 1970. */
  readonly expiresAt: number;
}

export async function insertOidcFlow(db: Db, flow: OidcFlow): Promise<void> {
  await db.insertInto("oidc_flow").values({
    state_hash: flow.stateHash,
    provider: flow.provider,
    code_verifier: flow.codeVerifier,
    nonce: flow.nonce,
    return_to: flow.returnTo,
    device_hash: flow.deviceHash,
    is_proof: flow.isProof,
    expires_at: new Date(flow.expiresAt),
  }).execute();
}

/** Reads and deletes the flow of a state; undefined: none (anymore), or of another device or provider. */
export async function takeOidcFlow(
  db: Db,
  { stateHash, deviceHash, provider }: Pick<OidcFlow, "stateHash" | "deviceHash" | "provider">,
  now: number,
): Promise<OidcFlow | undefined> {
  const row = await db.deleteFrom("oidc_flow").where("state_hash", "=", stateHash)
    .where("device_hash", "=", deviceHash).where("provider", "=", provider)
    .where("expires_at", ">", new Date(now)).returningAll().executeTakeFirst();
  return row && {
    stateHash: row.state_hash,
    provider: row.provider,
    codeVerifier: row.code_verifier,
    nonce: row.nonce,
    returnTo: row.return_to,
    deviceHash: row.device_hash,
    isProof: row.is_proof,
    expiresAt: row.expires_at.getTime(),
  };
}
