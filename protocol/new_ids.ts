import type { CommandId, SpaceId, TrackId } from "./ids.ts";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** Lower-case base32 (RFC 4648 §6 alphabet, no padding) of `bytes`. */
export function base32(bytes: Uint8Array): string {
  let out = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      out += BASE32[(value >>> (bits - 5)) & 31];
      bits -= 5;
    }
    value &= (1 << bits) - 1;
  }
  if (bits > 0) out += BASE32[(value << (5 - bits)) & 31];
  return out;
}

/** A new row id: 80 random bits in base32. */
export function newRowId(): string {
  return base32(crypto.getRandomValues(new Uint8Array(10)));
}

/** A new command id. */
export function newCommandId(): CommandId {
  return newUuid() as CommandId;
}

/** A new space id. */
export function newSpaceId(): SpaceId {
  return newRowId() as SpaceId;
}

/** A new track id. */
export function newTrackId(): TrackId {
  return newUuid() as TrackId;
}

/** RFC 4648 §5, without padding. */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** 128 random bits in base64url: 22 characters. For secrets and nonces. */
export function randomToken(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(16)));
}

/**
 * A random UUID. Pages loaded without encryption have no `crypto.randomUUID`. Source: RFC 9562 §5.4, version
 * 4.
 */
export function newUuid(): string {
  if ("randomUUID" in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  bytes[6] = bytes[6]! & 0x0f | 0x40;
  bytes[8] = bytes[8]! & 0x3f | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
