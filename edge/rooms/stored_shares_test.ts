import assert from "node:assert/strict";
import { isRefusal, type ParticipantId, type RoomId, type TenantId } from "@tafelrunde/protocol";
import { makeKeyedHash } from "../keyed_hash.ts";
import { LIMITS } from "../limit_table.ts";
import { Limits } from "../limits.ts";
import { makeMetrics } from "../metrics.ts";
import { addressKey } from "../network_address.ts";
import type { Db } from "../store/schema.ts";
import {
  EVENT_OVERHEAD,
  type Growing,
  growingOf,
  GUEST_PART,
  ROOM_SHARES,
  SCARCE_PART,
  StoredShares,
} from "./stored_shares.ts";

const ATTACKER = addressKey("198.51.100.1");
const OTHER = addressKey("198.51.100.2");
const MESSAGE_BYTES = 16_000;
const ROOM = "a".repeat(16) as RoomId;
const ROOM_2 = "b".repeat(16) as RoomId;

/** More than any of the shares. */
const MANY = 10_000;

function makeShares() {
  const metrics = makeMetrics();
  const keyedHash = makeKeyedHash("a key of a test, and of nothing else");
  // None of these limits is counted in the database.
  const limits = new Limits({ metrics, db: {} as Db, keyedHash, now: Date.now });
  const all = { bytes: 0 };
  const house = { part: 0 };
  const shares = new StoredShares({
    limits,
    metrics,
    maxBytes: 1_000_000,
    allBytes: () => all.bytes,
    storedPart: () => house.part,
  });
  const take = async (loggedBytes: number, growing: Growing, address = OTHER, bytes = 1_000) => {
    const room = { room: { id: ROOM }, tenantId: null, loggedBytes };
    const refusal = await shares.refuse(room, { address, isGuest: false }, growing, bytes);
    return isRefusal(refusal) ? refusal.refused : "taken";
  };
  /** Like `take`, in a tenant's room. */
  const takeInHouse = async (
    growing: Growing,
    bytes: number,
    { address = OTHER, isGuest = true, id = ROOM } = {},
  ) => {
    const room = { room: { id }, tenantId: "house" as TenantId, loggedBytes: 1e12 };
    const refusal = await shares.refuse(room, { address, isGuest }, growing, bytes);
    return isRefusal(refusal) ? refusal.refused : "taken";
  };
  return { shares, take, takeInHouse, all, house };
}

Deno.test("[Q6] an anonymous room stores its share: then nothing is added, then no new participant enters", async () => {
  const { take } = makeShares();
  assert.equal(await take(0, "write"), "taken");
  const { write, join, resume } = ROOM_SHARES;
  assert.deepEqual(
    [await take(write, "write"), await take(write, "join"), await take(write, "resume")],
    ["room.logFull", "taken", "taken"],
  );
  assert.deepEqual([await take(join, "join"), await take(join, "resume")], ["room.logFull", "taken"]);
  assert.equal(await take(resume, "resume"), "room.logFull");
});

Deno.test("[Q6] one address fills its share over any number of rooms, and keeps nobody elsewhere from writing, resuming or joining", async () => {
  const { take } = makeShares();
  let taken = 0;
  while (taken < MANY && await take(0, "write", ATTACKER, MESSAGE_BYTES) === "taken") taken++;
  assert.equal(taken, Math.floor(LIMITS["stored.write"].points / MESSAGE_BYTES));
  assert.deepEqual(
    [await take(0, "write", OTHER), await take(0, "resume", ATTACKER), await take(0, "join", ATTACKER)],
    ["taken", "taken", "taken"],
  );
});

Deno.test("[Q6] when all anonymous rooms together have used their limit, each still has a little, and few are created", async () => {
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

for (const growing of ["text", "write", "join"] as const) {
  Deno.test(`[Q6] guests of one address add a bounded amount to a tenant's room (${growing}): they can go on in other rooms, and others in this one`, async () => {
    const { takeInHouse } = makeShares();
    const limit = growing === "text" || growing === "write" ? "stored.write" : "stored.join";
    let taken = 0;
    while (
      taken < MANY && await takeInHouse(growing, MESSAGE_BYTES, { address: ATTACKER }) === "taken"
    ) taken++;
    assert.equal(taken, Math.floor(LIMITS[limit].points / MESSAGE_BYTES));
    assert.deepEqual([
      await takeInHouse(growing, MESSAGE_BYTES, { address: ATTACKER }),
      await takeInHouse(growing, MESSAGE_BYTES, { address: ATTACKER, id: ROOM_2 }),
      await takeInHouse(growing, MESSAGE_BYTES, { address: OTHER }),
      await takeInHouse(growing, MESSAGE_BYTES, { address: ATTACKER, isGuest: false }),
      // A participant who was in the room comes back.
      await takeInHouse("resume", MESSAGE_BYTES, { address: ATTACKER }),
    ], ["address.tooFrequent", "taken", "taken", "taken", "taken"]);
  });
}

Deno.test("[Q6] 30 guests behind one address who write every five seconds for an hour, raise hands and come back reach no limit", async () => {
  const { takeInHouse } = makeShares();
  const frame = JSON.stringify({
    ...{
      type: "chat.posted",
      seq: 100_000,
      at: Date.now(),
      from: "p".repeat(16),
      cause: crypto.randomUUID(),
    },
    text: "x".repeat(200),
  });
  const bytes = frame.length + EVENT_OVERHEAD;
  for (let second = 0; second < 3_600; second += 5) {
    for (let pupil = 0; pupil < 30; pupil++) {
      assert.equal(await takeInHouse("text", bytes), "taken");
      if (second % 60 === 0) assert.equal(await takeInHouse("write", bytes), "taken");
      if (second % 300 === 0) assert.equal(await takeInHouse("resume", 1_000), "taken");
    }
  }
});

Deno.test("[Q6] a tenant that has used its storage stores no more text, guests' before its own people's, and calls go on", async () => {
  const { takeInHouse, house } = makeShares();
  const words = async () => [
    await takeInHouse("text", 100),
    await takeInHouse("text", 100, { isGuest: false }),
  ];
  assert.deepEqual(await words(), ["taken", "taken"]);
  house.part = GUEST_PART;
  assert.deepEqual(await words(), ["room.logFull", "taken"]);
  house.part = 1;
  assert.deepEqual(await words(), ["room.logFull", "room.logFull"]);
  for (const growing of ["write", "join", "resume"] as const) {
    assert.equal(await takeInHouse(growing, 100), "taken", growing);
  }
  assert.deepEqual(
    ([
      { type: "chat.post", text: "hello" },
      { type: "participant.rename", participantId: "a".repeat(26) as ParticipantId, name: "Anna" },
      { type: "hand.raise", raised: true },
      { type: "room.change", name: "Council" },
    ] as const).map(growingOf),
    ["text", "text", "write", "write"],
  );
});
