import { listedAt, lockDueMeetings, lockOldMeetings, readExceptions, writeListed } from "../store/meeting.ts";
import type { Db } from "../store/schema.ts";
import { inTransaction } from "../store/transaction.ts";
import { ROOMS_AT_ONCE } from "../store/erase.ts";
import { eraseMeeting } from "./remove.ts";
import { findListed } from "./series.ts";

/**
 * Advances series whose occurrence has ended by `now` (ms) to their next one. Returns how many, at most 100
 * per call.
 */
export function advanceMeetings(db: Db, now: number): Promise<number> {
  return inTransaction(db, async (trx) => {
    const due = await lockDueMeetings(trx, now, ROOMS_AT_ONCE);
    for (const { id, time, createdAt } of due) {
      const place = time && findListed(time, await readExceptions(trx, id), now);
      await writeListed(trx, id, listedAt(place, createdAt));
    }
    return due.length;
  });
}

/**
 * Deletes meetings that were over before `before` (ms); their rooms only if they were not used since. Returns
 * how many, at most 100 per call.
 */
export function eraseOldMeetings(db: Db, before: number): Promise<number> {
  return inTransaction(db, async (trx) => {
    const old = await lockOldMeetings(trx, before, ROOMS_AT_ONCE);
    for (const { meeting, isRoomIdle } of old) {
      await eraseMeeting(trx, { ...meeting, hasOwnRoom: meeting.hasOwnRoom && isRoomIdle });
    }
    return old.length;
  });
}
