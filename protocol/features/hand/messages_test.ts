import assert from "node:assert/strict";
import { wireHash } from "../../wire_hash_for_tests.ts";
import { messages } from "./messages.ts";

Deno.test("[V1] a change of the hands' messages needs a new version", () => {
  assert.equal(wireHash(messages), "6b90aea8c1d8a415");
});
