import assert from "node:assert/strict";
import { keepKnownDevice } from "./known_device.ts";
import { testOnStores } from "./store_for_tests.ts";

/** Browsers of one subject that are known already: as many as may be. */
const KNOWN = 1_000;

testOnStores(
  "browsers that are right at the same moment, when as many are known as may be, do not wait for each other without end",
  async ({ store: { db } }) => {
    const device = (n: number) => ({ subjectHash: "subject", deviceHash: `device ${n}` });
    const rows = Array.from({ length: KNOWN }, (_, n) => ({
      subject_hash: "subject",
      device_hash: device(n).deviceHash,
      ends_at: new Date(1_000_000 + n),
    }));
    await db.insertInto("known_device").values(rows).execute();
    const count = async () =>
      (await db.selectFrom("known_device").select("device_hash").where("subject_hash", "=", "subject")
        .execute())
        .length;
    // Each takes away those that are too many, which others are just taking away, too.
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, n) => {
        const at = KNOWN + round * 20 + n;
        return keepKnownDevice(db, device(at), 2_000_000 + at);
      }));
    }
    await keepKnownDevice(db, device(5_000), 3_000_000);
    assert.equal(await count(), KNOWN);
  },
);
