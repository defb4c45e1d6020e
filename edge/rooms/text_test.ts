import assert from "node:assert/strict";
import { nameOf } from "./text.ts";

const REFUSED = { refused: "participant.nameInvalid" };

Deno.test("a name that nobody can see is none, whatever it is made of", () => {
  for (
    const name of [
      "\u200b",
      "\u3164",
      "\u2800",
      "\u00ad",
      "\u2060",
      "\u115f\u1160",
      "\uffa0",
      "\u034f",
      "\u061c",
      "\u180e",
      "\u2000\u3000\u00a0",
      "\u0301",
      "\ufe0f",
      "\u{e0061}",
      "\ufeff",
      "\u202e",
      "\u2028",
      "\u17b4",
      "\u{1d173}",
      "\u200d\u200c",
      " \u2800\u3164 ",
      "\u206a",
      "\ue000",
    ]
  ) {
    assert.deepEqual(nameOf(name), REFUSED, escape(name));
  }
});

Deno.test("names that look the same are the same", () => {
  for (
    const name of [
      "Anna\u2060",
      "\u200bAnna",
      "An\u00adna",
      "An\u200dna",
      "An\u200cna",
      "Anna\u3164",
      "\u202eAnna",
      "Anna\u2800",
      "Anna\ufe0f",
      "Anna\u034f",
      "\ufeffAnna",
      "An\u115fna",
      "Anna\u{e0061}",
      "Anna\u2066",
      " Anna\u3000",
    ]
  ) {
    assert.equal(nameOf(name), "Anna", escape(name));
  }
  assert.equal(nameOf("Anna\u00a0\u2003\u2800Maier"), "Anna Maier");
  assert.equal(nameOf("Zoe\u0308"), "Zo\u00eb");
});

Deno.test("what changes what one sees stays: joiners within words and emoji, variants, flags", () => {
  for (
    const name of [
      "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", // Persian, with a joiner that parts
      "\u0915\u094d\u200d\u0937", // Devanagari, with one that joins
      "Anna \u{1f469}\u200d\u{1f4bb}",
      "Anna \u{1f469}\u{1f3fd}\u200d\u{1f4bb}",
      "Anna \u2764\ufe0f",
      "Anna \u{1f3f3}\ufe0f\u200d\u{1f308}",
      "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
      "\u845b\u{e0100}\u57ce", // a Japanese name with a variant of its first sign
      "Nguy\u1ec5n Th\u1ecb \u00c1nh",
      "\u5f20\u4f1f",
      "\ud64d\uae38\ub3d9",
      "\u05d3\u05b8\u05bc\u05d5\u05b4\u05d3",
      "42",
      "\u2b50",
    ]
  ) {
    assert.equal(nameOf(name), name.normalize("NFC"), escape(name));
  }
});

Deno.test("marks piled on one letter are cut", () => {
  assert.equal(nameOf(`A${"\u0316".repeat(60)}nna`), `A${"\u0316".repeat(4)}nna`);
});

const escape = (text: string) =>
  JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
