import assert from "node:assert/strict";
import { wireHash } from "../../wire_hash_for_tests.ts";
import { messages } from "./messages.ts";

Deno.test("[V1] a change of the chat's messages needs a new version", () => {
  assert.equal(wireHash(messages), "beb39f9631e2cb6a");
});
