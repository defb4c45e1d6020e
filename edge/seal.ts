import { base64url } from "@tafelrunde/protocol";

/** Encrypts texts, so that the database without the cluster key does not reveal them. */
export interface Sealer {
  /** Encrypts `text` and binds it to `context`: 12 bytes of nonce, ciphertext and tag, in base64url. */
  seal(text: string, context: string): Promise<string>;
  /** Decrypts a text sealed for the same `context`. Throws if it was not, or was changed. */
  open(sealed: string, context: string): Promise<string>;
}

/**
 * AES-256-GCM with keys derived from the cluster keys. The first one seals, any can open: after a change of
 * the cluster key, older texts can be opened as long as the old key is configured.
 */
export async function makeSealer(clusterKeys: readonly string[]): Promise<Sealer> {
  const keys = await Promise.all(clusterKeys.map(deriveKey));
  return {
    async seal(text, context) {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const sealed = await crypto.subtle.encrypt(algorithm(nonce, context), keys[0]!, encoder.encode(text));
      return base64url(new Uint8Array([...nonce, ...new Uint8Array(sealed)]));
    },
    async open(sealed, context) {
      const bytes = Uint8Array.fromBase64(sealed, { alphabet: "base64url" });
      const [nonce, rest] = [bytes.slice(0, NONCE_BYTES), bytes.slice(NONCE_BYTES)];
      const tries = keys.map((key) => crypto.subtle.decrypt(algorithm(nonce, context), key, rest));
      return new TextDecoder().decode(await Promise.any(tries));
    },
  };
}

/** Source: NIST SP 800-38D, 8.2.2. */
const NONCE_BYTES = 12;

const encoder = new TextEncoder();

async function deriveKey(clusterKey: string): Promise<CryptoKey> {
  const master = await crypto.subtle.importKey("raw", encoder.encode(clusterKey), "HKDF", false, [
    "deriveKey",
  ]);
  return await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoder.encode("tafelrunde seal 1") },
    master,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

function algorithm(iv: Uint8Array<ArrayBuffer>, context: string): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: encoder.encode(context) };
}
