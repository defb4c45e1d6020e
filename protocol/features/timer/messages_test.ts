import assert from "node:assert/strict";
import { wireHash } from "../../wire_hash_for_tests.ts";
import { messages } from "./messages.ts";

Deno.test("[V1] a change of the timers' messages needs a new version", () => {
  assert.equal(wireHash(messages), "fe10ccc0acdecae7");
});
