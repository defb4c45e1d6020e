import type { EdgeContext } from "../context.ts";
import { warnOf } from "../store/unavailable.ts";
import {
  deleteIdleAdhocRooms,
  listedAt,
  lockDueMeetings,
  lockOldMeetings,
  readExceptions,
  writeListed,
} from "../store/meeting.ts";
import type { Db } from "../store/schema.ts";
import { inTransaction } from "../store/transaction.ts";
import { notifyAnswers } from "./answers.ts";
import { eraseMeeting } from "./remove.ts";
import { findListed } from "./series.ts";

/** Interval of checking for series whose occurrence has ended, ms. */
const ADVANCE_EVERY_MS = 5_000;

/** Interval of checking for expired meetings and rooms, ms. */
const CLEAR_EVERY_MS = 10 * 60_000;

/** Meetings per transaction. */
const BATCH = 100;

/**
 * What the clock needs of the edge. The retention periods: for content of an empty room, and for a meeting
 * that is over.
 */
type ClockContext = Pick<EdgeContext, "db" | "config" | "log" | "now"> & {
  readonly retentionMs: number;
  readonly meetingRetentionMs: number;
};

/**
 * Periodic jobs of meetings: advances series to their next occurrence, sends answers to owners, deletes what
 * has expired.
 */
export class MeetingClock implements AsyncDisposable {
  readonly #context: ClockContext;
  readonly #stop = new AbortController();
  #tick: Promise<void> = Promise.resolve();
  #clearedAt = 0;

  constructor(context: ClockContext) {
    this.#context = context;
  }

  start(): void {
    const timer = setInterval(() => {
      this.#tick = this.#tick.then(() => this.#tend()).catch((error) =>
        warnOf(this.#context.log, "meetings.tend", error)
      );
    }, ADVANCE_EVERY_MS);
    this.#stop.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#tick;
  }

  async #tend(): Promise<void> {
    const { db, now, retentionMs, meetingRetentionMs } = this.#context;
    while (!this.#stop.signal.aborted && await advanceMeetings(db, now()) === BATCH);
    while (!this.#stop.signal.aborted && await notifyAnswers(this.#context) === BATCH);
    if (now() - this.#clearedAt < CLEAR_EVERY_MS) return;
    this.#clearedAt = now();
    await deleteIdleAdhocRooms(db, now() - retentionMs);
    while (!this.#stop.signal.aborted && await eraseOldMeetings(db, now() - meetingRetentionMs) === BATCH);
  }
}

/**
 * Advances series whose occurrence has ended by `now` (ms) to their next one. Returns how many, at most 100
 * per call.
 */
export function advanceMeetings(db: Db, now: number): Promise<number> {
  return inTransaction(db, async (trx) => {
    const due = await lockDueMeetings(trx, now, BATCH);
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
    const old = await lockOldMeetings(trx, before, BATCH);
    for (const { meeting, isRoomIdle } of old) {
      await eraseMeeting(trx, { ...meeting, hasOwnRoom: meeting.hasOwnRoom && isRoomIdle });
    }
    return old.length;
  });
}
