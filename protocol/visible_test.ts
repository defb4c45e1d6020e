import assert from "node:assert/strict";
import { isVisible } from "./visible.ts";

Deno.test("[J16] text without visible characters is not visible: blanks, null noteheads, non-characters, marks alone", () => {
  const blanks = [
    "\u{1d159}",
    "\u{13441}",
    "\u{13442}",
    "\ufffc",
    "\u0378",
    "\u{10ffff}",
    "\ufdd0",
    "\u2800",
    "\u0301",
  ];
  for (const text of [...blanks, blanks.join(" "), "", " ", "\u200b\u3164", "\ufe0f\u200d"]) {
    assert.equal(isVisible(text), false, JSON.stringify(text));
    assert.equal(isVisible(`${text}a`), true, JSON.stringify(text));
  }
});

Deno.test("[J16] a single sign, digit or picture is visible, also one reserved for the future", () => {
  for (
    const text of [
      ".",
      "1",
      "\u00df",
      "\u6f22",
      "\u2b50",
      "\u{1f600}",
      "\u{1f1e9}",
      "\u{1fadd}",
      "\u{1d15a}",
      "\u{13440}a",
    ]
  ) {
    assert.equal(isVisible(text), true, JSON.stringify(text));
  }
});
