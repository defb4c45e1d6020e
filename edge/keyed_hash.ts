import { createHmac, hkdfSync } from "node:crypto";

/**
 * HMAC-SHA256 (hex) over texts, under a key that all edges share and the database does not contain. For
 * stored addresses and devices, which must not be found by trying all values. `purpose` separates the uses.
 */
export type KeyedHash = (purpose: string, ...texts: readonly string[]) => string;

/** `secret`: IDENTITY_KEY, or the first cluster key in its place. */
export function makeKeyedHash(secret: string): KeyedHash {
  const key = deriveMacKey(secret, "tafelrunde keyed hash 1");
  return (...texts) => createHmac("sha256", key).update(JSON.stringify(texts)).digest("hex");
}

/**
 * Derives a 32-byte key for HMAC-SHA256 from a secret by HKDF (RFC 5869); `use` separates it from the
 * secret's other keys. Uses node:crypto, because one MAC takes 7 µs there and 45 µs in WebCrypto, which hands
 * each to a thread.
 */
export function deriveMacKey(secret: string, use: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(), use, 32));
}
