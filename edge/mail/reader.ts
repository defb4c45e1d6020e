import type { TenantId } from "@tafelrunde/protocol";
import type { KeyedHash } from "../keyed_hash.ts";
import type { Mail } from "./mail.ts";

/** Letters of the hash of a reader, and of the proof, in hex: 128 bits each. */
const HASH_LENGTH = 32;

/** What a link to say no stands for: a reader, and the tenant whose mail it was in. */
export interface MailStopToken {
  readonly readerHash: string;
  readonly tenantId: TenantId;
}

/**
 * The one text for an address of e-mail by which mails to it are counted: small letters, the domain as in DNS, without what stands behind `+` and
 * what is after the same mailbox.
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

/** What is stored of a reader. */
export function hashReader(keyedHash: KeyedHash, address: string): string {
  return keyedHash("mail reader", readerKey(address)).slice(0, HASH_LENGTH);
}

/** The secret of a link by which a reader says no to the mails of a tenant, or takes that back; good for nothing else. */
export function makeMailStopToken(keyedHash: KeyedHash, { readerHash, tenantId }: MailStopToken): string {
  const proof = keyedHash("mail stop", readerHash, tenantId);
  return `${readerHash}${proof.slice(0, HASH_LENGTH)}${tenantId}`;
}

/** How the reader of a mail says no to those of its tenant, which is reached at `origin`. */
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

/** What a token stands for; undefined: it is none of ours. */
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
