import assert from "node:assert/strict";
import { isAtLeast } from "./versions.mjs";

Deno.test("versions are compared as numbers, part by part", () => {
  assert.ok(isAtLeast("v22.18.0", "22.18.0"));
  assert.ok(isAtLeast("2.10.0+abc", "2.9.6"));
  assert.ok(isAtLeast("24.0.0", "22.18.0"));
  assert.ok(!isAtLeast("20.20.2", "22.18.0"));
  assert.ok(!isAtLeast("2.9.5", "2.9.6"));
  assert.ok(!isAtLeast("", "2.9.6"));
});
