import assert from "node:assert/strict";
import { isRefusal } from "@tafelrunde/protocol";
import { makeKeyedHash } from "../keyed_hash.ts";
import { LIMITS } from "../limit_table.ts";
import { Limits } from "../limits.ts";
import { makeMetrics } from "../metrics.ts";
import { addressKey } from "../network_address.ts";
import type { Db } from "../store/schema.ts";
import { type Growing, ROOM_SHARES, SCARCE_PART, StoredShares } from "./stored_shares.ts";

const ATTACKER = addressKey("198.51.100.1");
const OTHER = addressKey("198.51.100.2");
const MESSAGE_BYTES = 16_000;

/** More than any of the shares. */
const MANY = 10_000;

function makeShares() {
  const metrics = makeMetrics();
  const keyedHash = makeKeyedHash("a key of a test, and of nothing else");
  // None of these limits is counted in the database.
  const limits = new Limits({ metrics, db: {} as Db, keyedHash, now: Date.now });
  const all = { bytes: 0 };
  const shares = new StoredShares({ limits, metrics, maxBytes: 1_000_000, allBytes: () => all.bytes });
  const room = (loggedBytes: number, isAnonymous = true) => ({ isAnonymous, loggedBytes });
  const take = async (loggedBytes: number, growing: Growing, address = OTHER, bytes = 1_000) => {
    const refusal = await shares.refuse(room(loggedBytes), address, growing, bytes);
    return isRefusal(refusal) ? refusal.refused : "taken";
  };
  return { shares, room, take, all };
}

Deno.test("[Q6] a room of nobody's stores its share: then nothing is added, then nobody new comes in; a house's room has no such share", async () => {
  const { shares, room, take } = makeShares();
  assert.equal(await take(0, "write"), "taken");
  const { write, join, resume } = ROOM_SHARES;
  assert.deepEqual(
    [await take(write, "write"), await take(write, "join"), await take(write, "resume")],
    ["room.logFull", "taken", "taken"],
  );
  assert.deepEqual([await take(join, "join"), await take(join, "resume")], ["room.logFull", "taken"]);
  assert.equal(await take(resume, "resume"), "room.logFull");
  assert.equal(await shares.refuse(room(1e12, false), OTHER, "write", 1_000), null);
});

Deno.test("[Q6] one address fills its share, over however many rooms, and keeps nobody elsewhere, nobody coming back and nobody coming in", async () => {
  const { take } = makeShares();
  let taken = 0;
  while (taken < MANY && await take(0, "write", ATTACKER, MESSAGE_BYTES) === "taken") taken++;
  assert.equal(taken, Math.floor(LIMITS["stored.write"].points / MESSAGE_BYTES));
  assert.deepEqual(
    [await take(0, "write", OTHER), await take(0, "resume", ATTACKER), await take(0, "join", ATTACKER)],
    ["taken", "taken", "taken"],
  );
});

Deno.test("[Q6] when all rooms of nobody's have stored as much as they may, each still has a little, and few are made", async () => {
  const { shares, take, all } = makeShares();
  all.bytes = 1_000_001;
  const little = ROOM_SHARES.write * SCARCE_PART;
  assert.deepEqual([await take(little, "write"), await take(little / 2, "write")], ["room.logFull", "taken"]);
  let taken = 0;
  while (taken < MANY && await take(0, "write", ATTACKER, MESSAGE_BYTES) === "taken") taken++;
  assert.ok(taken > 0 && taken * MESSAGE_BYTES <= LIMITS["stored.scarce"].points);
  let made = 0;
  while (made < MANY && await shares.refuseRoom(ATTACKER) === undefined) made++;
  assert.equal(made, LIMITS["room.scarce"].points);
  assert.equal(await shares.refuseRoom(OTHER), undefined);
});
