import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type Sealed, SEALING_BYTES } from "@tafelrunde/protocol";
import { storableBare, storableContent } from "./content.ts";

const MAX = 10;

function sealed(bytes: number): Sealed {
  return { sealed: Buffer.alloc(bytes, 1).toString("base64url"), epoch: 3, sender: 7 };
}

Deno.test("[Y2] readable content is trimmed, visible and not too long; its length is that of the text", () => {
  assert.deepEqual(storableContent({ text: " a\0b\ud800 " }, MAX), { text: "ab\ufffd" });
  assert.equal(storableContent({ text: " \u200f" }, MAX), "empty");
  assert.equal(storableContent({ text: "x".repeat(MAX + 1) }, MAX), "tooLong");
  assert.deepEqual(storableBare(" a ", MAX), { bare: "a" });
});

Deno.test("[Y2] sealed content is stored as it is if its bytes could be those of a text", () => {
  const largest = sealed(3 * MAX + SEALING_BYTES);
  assert.equal(storableContent(largest, MAX), largest);
  assert.deepEqual(storableBare(largest, MAX), { bare: largest });
  assert.equal(storableContent(sealed(3 * MAX + SEALING_BYTES + 1), MAX), "tooLong");
});
