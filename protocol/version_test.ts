import assert from "node:assert/strict";
import { coreCommands, coreEvents } from "./core_messages.ts";
import { controlHandshake, mediaNotices, mediaRequests } from "./media.ts";
import { peerDown, peerUp } from "./peer.ts";
import { CORE_REFUSALS, refused } from "./refusal.ts";
import { sessionDown, sessionUp } from "./session.ts";
import { PROTOCOL_VERSION } from "./version.ts";
import { waitingDown } from "./waiting.ts";
import { wireHash } from "./wire_hash_for_tests.ts";

/** For each version, the hash of the schemas of admission and media. Features have theirs beside them. */
const HASHES: Record<number, string> = {
  4: "8c4050a64e6e9c7c",
};

Deno.test("[V1] a change of the core's messages needs a new version", () => {
  const core = { coreCommands, coreEvents, peerUp, peerDown, sessionUp, sessionDown, waitingDown };
  // Features add codes to the list of refusals.
  const refusal = { fields: Object.keys(refused.entries), codes: CORE_REFUSALS };
  const hash = wireHash({ ...core, refusal, controlHandshake, mediaRequests, mediaNotices });
  assert.equal(
    hash,
    HASHES[PROTOCOL_VERSION],
    "messages changed: raise PROTOCOL_VERSION if an older peer would misread them, then note the new hash",
  );
});
