import { anyOf } from "./any_of.ts";
import type { Db } from "./schema.ts";

/** A browser that gave a correct password for a subject; both are keyed hashes, hex. */
export interface KnownDevice {
  readonly subjectHash: string;
  readonly deviceHash: string;
}

/** Most known browsers of one subject; beyond this, the oldest are removed. */
const MAX_DEVICES = 1_000;

/** Whether the browser is known at `now` (ms). */
export async function isKnownDevice(
  db: Db,
  { subjectHash, deviceHash }: KnownDevice,
  now: number,
): Promise<boolean> {
  const row = await db.selectFrom("known_device").select("subject_hash")
    .where("subject_hash", "=", subjectHash).where("device_hash", "=", deviceHash)
    .where("ends_at", ">", new Date(now)).executeTakeFirst();
  return row !== undefined;
}

/** Remembers the browser until `endsAt` (ms). */
export async function keepKnownDevice(
  db: Db,
  { subjectHash, deviceHash }: KnownDevice,
  endsAt: number,
): Promise<void> {
  await db.insertInto("known_device")
    .values({ subject_hash: subjectHash, device_hash: deviceHash, ends_at: new Date(endsAt) })
    .onConflict((conflict) =>
      conflict.columns(["subject_hash", "device_hash"]).doUpdateSet({ ends_at: new Date(endsAt) })
    )
    .execute();
  // Rows that another request is deleting are skipped: two requests that wait for each other would deadlock.
  const surplus = db.selectFrom("known_device").select("device_hash").where("subject_hash", "=", subjectHash)
    .orderBy("ends_at", "desc").offset(MAX_DEVICES).forUpdate().skipLocked();
  await db.deleteFrom("known_device").where("subject_hash", "=", subjectHash)
    .where("device_hash", "=", anyOf(surplus)).execute();
}

/** Forgets all browsers of the subject. */
export async function forgetKnownDevices(db: Db, subjectHash: string): Promise<void> {
  await db.deleteFrom("known_device").where("subject_hash", "=", subjectHash).execute();
}
