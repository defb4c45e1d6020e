import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { down, up } from "./mod.ts";
import { controlHandshake, mediaNotices, mediaRequests } from "./media.ts";
import { PROTOCOL_VERSION } from "./version.ts";

/** For each version, the hash of what `JSON.stringify` keeps of its schemas. */
const HASHES: Record<number, string> = {
  3: "310a28c89a59332b",
};

Deno.test("[V1] a change of the wire needs a new version", () => {
  const wire = JSON.stringify({ up, down, controlHandshake, mediaRequests, mediaNotices }, sortedKeys);
  const hash = createHash("sha256").update(wire).digest("hex").slice(0, 16);
  assert.equal(
    hash,
    HASHES[PROTOCOL_VERSION],
    "messages changed: raise PROTOCOL_VERSION if an older peer would misread them, then note the new hash",
  );
});

function sortedKeys(_key: string, value: unknown): unknown {
  if (value instanceof RegExp) return String(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}
