import assert from "node:assert/strict";
import { keepKnownDevice } from "./known_device.ts";
import { testOnStores } from "./store_for_tests.ts";

/** Browsers of one subject known already: the maximum. */
const KNOWN = 1_000;

testOnStores(
  "the known browsers of a subject are bounded, however many give the correct password at once",
  async ({ store: { db } }) => {
    const device = (n: number) => ({ subjectHash: "subject", deviceHash: `device ${n}` });
    const insert = async (from: number, many: number) => {
      const rows = Array.from({ length: many }, (_, n) => ({
        subject_hash: "subject",
        device_hash: device(from + (n * 7_919) % many).deviceHash,
        // In a flood many arrive at the same moment, so the order in which they are removed is undefined.
        ends_at: new Date(1_000_000),
      }));
      await db.insertInto("known_device").values(rows).execute();
    };
    await insert(0, KNOWN);
    const count = async () =>
      (await db.selectFrom("known_device").select("device_hash").where("subject_hash", "=", "subject")
        .execute())
        .length;
    // Each request deletes surplus rows that other requests are deleting, too.
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, n) => {
        const at = KNOWN + round * 20 + n;
        return keepKnownDevice(db, device(at), 2_000_000 + at);
      }));
    }
    await keepKnownDevice(db, device(5_000), 1_000_000);
    assert.equal(await count(), KNOWN);
  },
);
