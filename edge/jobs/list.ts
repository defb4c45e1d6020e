import type { EdgeContext } from "../context.ts";
import { moveOldMails } from "../mail/old_mails.ts";
import { notifyAnswers } from "../meetings/answers.ts";
import { advanceMeetings } from "../meetings/clock.ts";
import { ROOMS_AT_ONCE } from "../store/erase.ts";
import { inBatches, type Job } from "./job.ts";
import { RETENTION } from "./retention.ts";

/** Intervals, ms. */
const SOON_MS = 5_000;
const SELDOM_MS = 10 * 60_000;

/** Longest duration of one run, ms. */
const SHORT_MS = 60_000;
const LONG_MS = 5 * 60_000;

/** All periodic jobs of an installation. */
export function makeJobs(
  context: Pick<EdgeContext, "db" | "config" | "now"> & {
    readonly rooms: Pick<EdgeContext["rooms"], "wakeForgotten">;
  },
): Job[] {
  const { db, now, rooms } = context;
  return [
    {
      name: "rooms.wake",
      everyMs: SELDOM_MS,
      atMostMs: LONG_MS,
      run: (signal) => rooms.wakeForgotten(signal),
    },
    {
      name: "meetings.advance",
      everyMs: SOON_MS,
      atMostMs: SHORT_MS,
      run: (signal) => inBatches(signal, ROOMS_AT_ONCE, () => advanceMeetings(db, now())),
    },
    {
      name: "meetings.answers",
      everyMs: SOON_MS,
      atMostMs: SHORT_MS,
      run: (signal) => inBatches(signal, ROOMS_AT_ONCE, () => notifyAnswers(context)),
    },
    {
      name: "mails.move",
      everyMs: SOON_MS,
      atMostMs: SHORT_MS,
      run: (signal) => inBatches(signal, ROOMS_AT_ONCE, () => moveOldMails(context, ROOMS_AT_ONCE)),
    },
    ...RETENTION.flatMap(({ job }): Job[] => {
      if (job === undefined) return [];
      const { name, most } = job;
      const run = (signal: AbortSignal) => inBatches(signal, most, () => job.erase(context));
      return [{ name, everyMs: SELDOM_MS, atMostMs: LONG_MS, run }];
    }),
  ];
}
