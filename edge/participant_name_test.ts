import assert from "node:assert/strict";
import { nameOf } from "./participant_name.ts";

const REFUSED = { refused: "participant.nameInvalid" };

Deno.test("[J16] an invisible name is refused, whatever it is made of", () => {
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
      "\u{1d159}",
      "\u{13441}\u{13442}",
      "\ufffc",
      "\u0378",
      "\u{10ffff}",
      "\ufdd0",
    ]
  ) {
    assert.deepEqual(nameOf(name), REFUSED, escape(name));
  }
});

Deno.test("[J15] names that look the same are the same", () => {
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
      "Anna\u{1d159}",
      "\u{13442}Anna\u{13441}",
      "An\ufffcna",
      "Anna\u0378",
      "Anna\u{10ffff}",
      "Anna\u{e01ef}",
    ]
  ) {
    assert.equal(nameOf(name), "Anna", escape(name));
  }
  assert.equal(nameOf("Anna\u00a0\u2003\u2800Maier"), "Anna Maier");
  assert.equal(nameOf("Zoe\u0308"), "Zo\u00eb");
});

Deno.test("[J15] joiners and variants without effect are removed, in any script", () => {
  for (
    const [name, seen] of [
      ["\u05d3\u200d\u05d5\u200c\u05d3", "\u05d3\u05d5\u05d3"], // Hebrew
      ["\u0e01\u200c\u0e02\u200d\u0e04", "\u0e01\u0e02\u0e04"], // Thai
      ["\u10d0\u200d\u10d1\u200c\u10d2", "\u10d0\u10d1\u10d2"], // Georgian
      ["\u0561\u200d\u0562", "\u0561\u0562"], // Armenian
      ["\u12a0\u200c\u1261", "\u12a0\u1261"], // Ethiopic
      ["\u062f\u200c\u0627\u0648\u0648\u200c\u062f", "\u062f\u0627\u0648\u0648\u062f"], // Arabic, after a letter that joins no next one
      ["\u0628\u200d\u0628", "\u0628\u0628"], // a joiner between letters that join
      ["\u0621\u200c\u0628", "\u0621\u0628"],
      ["\u0628\u200c \u0628", "\u0628 \u0628"],
      ["\u0628\u200c\u200c\u0628", "\u0628\u0628"],
      ["\u0915\u200d\u0937", "\u0915\u0937"], // Devanagari, without the sign that stacks
      ["\u0915\u094d\u200d\u200d\u0937", "\u0915\u094d\u200d\u0937"],
      ["\u0b95\u0bcd\u200d\u0bb7", "\u0b95\u0bcd\u0bb7"], // Tamil has no half forms
      ["Anna 4\ufe0f2", "Anna 42"],
      ["Anna #\ufe0e", "Anna #"],
      ["Anna *\u{e0100}", "Anna *"],
      ["Anna \u{1f600}\ufe0f", "Anna \u{1f600}"],
      ["Anna \u{1f600}\u200d\u{1f600}", "Anna \u{1f600}\u{1f600}"],
      ["Anna \u{1f3f4}\u{e0061}\u{e007f}", "Anna \u{1f3f4}"],
      ["\u5f20\ufe0f\u4f1f", "\u5f20\u4f1f"],
    ] as const
  ) {
    assert.equal(nameOf(name), seen, escape(name));
  }
});

Deno.test("[J15] characters that change what is visible stay: joiners within words and emoji, variants, flags", () => {
  for (
    const name of [
      "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", // Persian, with a non-joiner
      "\u0915\u094d\u200d\u0937", // Devanagari, with a joiner
      "Anna \u{1f469}\u200d\u{1f4bb}",
      "Anna \u{1f469}\u{1f3fd}\u200d\u{1f4bb}",
      "Anna \u2764\ufe0f",
      "Anna \u{1f3f3}\ufe0f\u200d\u{1f308}",
      "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
      "\u845b\u{e0100}\u57ce", // a Japanese name with a variant of its first character
      "Nguy\u1ec5n Th\u1ecb \u00c1nh",
      "\u5f20\u4f1f",
      "\ud64d\uae38\ub3d9",
      "\u05d3\u05b8\u05bc\u05d5\u05b4\u05d3",
      "42",
      "\u2b50",
      "Anna 4\ufe0f\u20e3",
      "\u0628\u064e\u200c\u0628", // Arabic, a mark between
      "\u09b0\u200d\u09cd\u09af\u09be\u099a\u09c7\u09b2", // Bengali: Rachel
      "\u0d05\u0d28\u0d3f\u0d32\u0d4d\u200d", // Malayalam: Anil, in the older spelling
      "\u0dc1\u0dca\u200d\u0dbb\u0dd3", // Sinhala: Sri
      "\u0b95\u0bcd\u200c\u0bb7", // Tamil, with separate letters
      "\u1794\u200c\u17ca\u17b8", // Khmer
      "\u{1fae8}",
      "\u{1f1e9}\u{1f1ea} Anna",
    ]
  ) {
    assert.equal(nameOf(name), name.normalize("NFC"), escape(name));
  }
});

Deno.test("[J15] excess marks on one letter are cut", () => {
  assert.equal(nameOf(`A${"\u0316".repeat(60)}nna`), `A${"\u0316".repeat(4)}nna`);
});

const escape = (text: string) =>
  JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);

Deno.test("[J16] a name has at most 80 characters after normalisation, and at most 1,600 units as input", () => {
  assert.equal(nameOf("\u{1f600}".repeat(80)), "\u{1f600}".repeat(80));
  assert.deepEqual(nameOf("\u{1f600}".repeat(81)), REFUSED);
  // Letters with marks that NFC composes into one character.
  assert.equal(nameOf("e\u0301".repeat(80)), "\u00e9".repeat(80));
  assert.equal(nameOf("a" + "\u200b".repeat(1_599)), "a");
  assert.deepEqual(nameOf("a" + "\u200b".repeat(1_600)), REFUSED);
});
