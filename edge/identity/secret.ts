import { base64url } from "@tafelrunde/protocol";
import { createHash } from "node:crypto";

/** What a new secret looks like: 256 random bits in base64url. */
export const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** What precedes the secret of an API key, so that scanners of published code know one. */
export const API_KEY_PREFIX = "tafelrunde_";

/** 256 random bits in base64url. */
export function newSecret(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** SHA-256 of a random secret, hex: what is stored of it. Its random bits need no salt and no stretching. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
