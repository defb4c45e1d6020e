/// <reference lib="deno.ns" />
import { equal, ok } from "node:assert/strict";
import { colourOf, initials } from "./initials.ts";

Deno.test("initials are those of the first and the last word", () => {
  equal(initials("Anna"), "A");
  equal(initials("Anna Sophie  Müller"), "AM");
  equal(initials("Jean-Luc Picard"), "JP");
  equal(initials("émile zola"), "ÉZ");
  equal(initials("Dr. (Ines) Öz"), "DÖ");
  equal(initials("𝒜lan 𝒯"), "𝒜𝒯");
  equal(initials("  "), "?");
  equal(initials("🙂"), "?");
});

Deno.test("a person's colour is one of six and stays", () => {
  for (const id of ["", "a", "abcdefghijklmnopqrstuvwxyz"]) {
    ok(colourOf(id) >= 1 && colourOf(id) <= 6);
    equal(colourOf(id), colourOf(id));
  }
});
