import { base64url } from "@tafelrunde/protocol";
import { createHash } from "node:crypto";

/** Format of a secret: 256 random bits in base64url. */
export const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** Prefix of an API key, so that scanners of published code recognize it. */
export const API_KEY_PREFIX = "tafelrunde_";

/** 256 random bits in base64url. */
export function newSecret(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** SHA-256 of a random secret, hex: its stored form. Its random bits need no salt and no stretching. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
