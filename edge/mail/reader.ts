import type { TenantId } from "@tafelrunde/protocol";
import type { KeyedHash } from "../keyed_hash.ts";
import type { Mail } from "./mail.ts";

/** Hex digits of a recipient's hash, and of the proof: 128 bits each. */
const HASH_LENGTH = 32;

/** Content of a link that stops mails: a recipient, and the tenant that sent the mail. */
export interface MailStopToken {
  readonly readerHash: string;
  readonly tenantId: TenantId;
}

/**
 * The canonical form of an email address by which mails to it are counted: lower case, the domain as in DNS,
 * without a `+` suffix and other spellings of the same mailbox.
 */
export function readerKey(address: string): string {
  const at = address.lastIndexOf("@");
  const domain = URL.parse(`http://${address.slice(at + 1)}`)?.hostname ??
    address.slice(at + 1).toLowerCase();
  const local = address.slice(0, at).normalize("NFKC").toLowerCase().replace(/(?!^)\+.*$/, "");
  return domain === "gmail.com" || domain === "googlemail.com"
    ? `${local.replaceAll(".", "")}@gmail.com`
    : `${local}@${domain}`;
}

/** The stored form of a recipient. */
export function hashReader(keyedHash: KeyedHash, address: string): string {
  return keyedHash("mail reader", readerKey(address)).slice(0, HASH_LENGTH);
}

/**
 * The secret of a link by which a recipient stops a tenant's mails, or allows them again; valid for nothing
 * else.
 */
export function makeMailStopToken(keyedHash: KeyedHash, { readerHash, tenantId }: MailStopToken): string {
  const proof = keyedHash("mail stop", readerHash, tenantId);
  return `${readerHash}${proof.slice(0, HASH_LENGTH)}${tenantId}`;
}

/** The links by which a mail's recipient stops the mails of its tenant, which is reached at `origin`. */
export function makeMailStop(
  keyedHash: KeyedHash,
  origin: string,
  address: string,
  tenantId: TenantId,
): NonNullable<Mail["stop"]> {
  const readerHash = hashReader(keyedHash, address);
  const token = makeMailStopToken(keyedHash, { readerHash, tenantId });
  return { tenantId, pageUrl: `${origin}/stop#${token}`, oneClickUrl: `${origin}/v1/mails/stop/${token}` };
}

/** The content of a token; undefined: it is forged or mistyped. */
export function readMailStopToken(
  keyedHash: KeyedHash,
  token: string,
): MailStopToken | undefined {
  const stop = {
    readerHash: token.slice(0, HASH_LENGTH),
    tenantId: token.slice(2 * HASH_LENGTH) as TenantId,
  };
  return makeMailStopToken(keyedHash, stop) === token ? stop : undefined;
}
