import type { Db } from "./schema.ts";

/** A browser that has shown the right password of something; both are keyed hashes, hex. */
export interface KnownDevice {
  readonly subjectHash: string;
  readonly deviceHash: string;
}

/** Most browsers that are known of one subject: the longest kept gives way. */
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

/** Knows the browser until `endsAt` (ms). */
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
  await db.deleteFrom("known_device").where("subject_hash", "=", subjectHash)
    .where(
      "device_hash",
      "in",
      (eb) =>
        eb.selectFrom("known_device").select("device_hash").where("subject_hash", "=", subjectHash)
          .orderBy("ends_at", "desc").offset(MAX_DEVICES)
          // What another request is just taking away is not waited for: two that wait for each other are a deadlock.
          .forUpdate().skipLocked(),
    )
    .execute();
}

/** Knows no browser of the subject any more. */
export async function forgetKnownDevices(db: Db, subjectHash: string): Promise<void> {
  await db.deleteFrom("known_device").where("subject_hash", "=", subjectHash).execute();
}

/** Forgets those whose time has passed. */
export async function eraseOldDevices(db: Db, now: number): Promise<void> {
  await db.deleteFrom("known_device").where("ends_at", "<=", new Date(now)).execute();
}
