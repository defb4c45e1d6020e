import process from "node:process";
import type { Log } from "./log.ts";

/** Where a bug of ours showed itself: the labels of tafelrunde_media_faults_total. */
export const FAULT_PLACES = ["channel", "listener", "media", "process", "timer"] as const;
export type FaultPlace = (typeof FAULT_PLACES)[number];

/** With more faults than this within `BURST_MS` that nothing else caught, the process ends: something in it is broken for good. */
const BURST_LIMIT = 100;
const BURST_MS = 60_000;

/** Logs a bug of ours, as the event "fault". Never throws. */
export function reportFault(log: Log, where: FaultPlace, error: unknown): void {
  try {
    log("error", "fault", { where, error });
  } catch {
    // It cannot be written as JSON: a circle, or a BigInt.
    log("error", "fault", { where, error: String(error) });
  }
}

/**
 * `handler`, fit to be called by a socket, a timer or an emitter: what it throws or rejects with is reported, and `end` is called to end what it
 * happened in. Never throws.
 */
export function guarded<Args extends unknown[]>(
  log: Log,
  where: FaultPlace,
  handler: (...args: Args) => unknown,
  end: () => void = () => {},
): (...args: Args) => void {
  return (...args) => {
    try {
      const result = handler(...args);
      if (result instanceof Promise) attend(log, where, result, end);
    } catch (error) {
      fail(log, where, error, end);
    }
  };
}

/** Looks after work that nobody waits for: what it rejects with is reported, and `end` is called. */
export function attend(
  log: Log,
  where: FaultPlace,
  work: Promise<unknown>,
  end: () => void = () => {},
): void {
  work.catch((error: unknown) => fail(log, where, error, end));
}

function fail(log: Log, where: FaultPlace, error: unknown, end: () => void): void {
  reportFault(log, where, error);
  try {
    end();
  } catch (endError) {
    reportFault(log, where, endError);
  }
}

/** How many faults there were, by where. */
export class FaultCounts {
  readonly counts = new Map<FaultPlace, number>(FAULT_PLACES.map((where) => [where, 0]));

  /** `log`, whose faults are counted here. */
  counting(log: Log): Log {
    return (level, event, fields) => {
      if (event === "fault") {
        const where = fields?.["where"] as FaultPlace;
        this.counts.set(where, (this.counts.get(where) ?? 0) + 1);
      }
      log(level, event, fields);
    };
  }
}

/**
 * The last net of the process: what nothing else caught is reported and the process lives on, with all media that flows. In a burst of faults it
 * ends with 1: going on is not safe.
 */
export function catchStrays(log: Log): void {
  const times: number[] = [];
  const caught = (error: unknown) => {
    reportFault(log, "process", error);
    times.push(performance.now());
    if (times.length > BURST_LIMIT) times.shift();
    if (times.length < BURST_LIMIT || times.at(-1)! - times[0]! > BURST_MS) return;
    log("error", "cannotGoOn");
    process.exit(1);
  };
  process.on("uncaughtException", caught);
  process.on("unhandledRejection", caught);
}
