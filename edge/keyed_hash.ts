/**
 * HMAC-SHA256 (hex) over texts under a key that all edges share and the database does not hold: what is stored of an address or of a device
 * that nobody is to find by trying all there are. `purpose` keeps one use from being taken for another.
 */
export type KeyedHash = (purpose: string, ...texts: readonly string[]) => Promise<string>;

/** `secret`: IDENTITY_KEY, or the first cluster key in its place. */
export async function makeKeyedHash(secret: string): Promise<KeyedHash> {
  const encoder = new TextEncoder();
  const master = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: encoder.encode("tafelrunde keyed hash 1"),
    },
    master,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign"],
  );
  return async (...texts) => {
    const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(JSON.stringify(texts)));
    return new Uint8Array(mac).toHex();
  };
}
