import assert from "node:assert/strict";
import { MAX_NAME } from "@tafelrunde/protocol";
import { rememberedName, rememberName } from "./identity.ts";

Deno.test("a name of as many characters as there may be is remembered, whatever they are", () => {
  for (const letter of ["a", "😀"]) {
    const name = letter.repeat(MAX_NAME);
    rememberName(name);
    assert.equal(rememberedName(), name);
    rememberName(name + letter);
    assert.equal(rememberedName(), "");
  }
});
