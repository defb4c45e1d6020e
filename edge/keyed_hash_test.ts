import assert from "node:assert/strict";
import { makeRoomIds } from "./device.ts";
import { makeKeyedHash } from "./keyed_hash.ts";
import type { RoomId } from "@tafelrunde/protocol";

const SECRET = "a secret that all edges share";

/** The same hash by WebCrypto: stored hashes were made with it, and other edges might still use it. */
async function macByWebCrypto(use: string, texts: readonly string[]): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const master = await crypto.subtle.importKey("raw", encoder.encode(SECRET), "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoder.encode(use) },
    master,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign"],
  );
  return new Uint8Array(
    await crypto.subtle.sign("HMAC", key, encoder.encode(JSON.stringify(texts))),
  );
}

Deno.test("a keyed hash is HMAC-SHA256 under an HKDF key, different for each purpose and secret", async () => {
  const keyedHash = makeKeyedHash(SECRET);
  const mac = await macByWebCrypto("tafelrunde keyed hash 1", ["limit", "grüß dich", ""]);
  assert.equal(keyedHash("limit", "grüß dich", ""), mac.toHex());
  assert.notEqual(keyedHash("limit", "a"), keyedHash("mail", "a"));
  assert.notEqual(keyedHash("limit", "a"), makeKeyedHash("another secret of all edges")("limit", "a"));
});

Deno.test("a participant's id in a room is part of a MAC, and another one in another room", async () => {
  const ids = makeRoomIds(SECRET);
  const [room, other] = ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"] as RoomId[];
  const id = ids.person("device", "a device", room!);
  const mac = await macByWebCrypto("tafelrunde participant id 1", ["person", "device", "a device", room!]);
  // 10 bytes in base32, which encodes five bits per letter.
  assert.match(id, /^[a-z2-7]{16}$/);
  const bits = [...mac.subarray(0, 5)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = bits.match(/.{5}/g)!.map((five) => "abcdefghijklmnopqrstuvwxyz234567"[parseInt(five, 2)]);
  assert.equal(id.slice(0, 8), letters.join(""));
  assert.notEqual(id, ids.person("device", "a device", other!));
});
