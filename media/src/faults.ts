import process from "node:process";
import type { Log } from "./log.ts";

/** Where one of our own bugs surfaced: the label values of tafelrunde_media_faults_total. */
export const FAULT_PLACES = ["channel", "listener", "media", "process", "timer"] as const;
export type FaultPlace = (typeof FAULT_PLACES)[number];

/**
 * The process exits after this many otherwise uncaught faults within `BURST_MS`: it is broken beyond
 * recovery.
 */
const BURST_LIMIT = 100;
const BURST_MS = 60_000;

/** Logs one of our own bugs as the event "fault". Never throws. */
export function reportFault(log: Log, where: FaultPlace, error: unknown): void {
  try {
    log("error", "fault", { where, error });
  } catch {
    // The error is not serializable as JSON: a cycle or a BigInt.
    log("error", "fault", { where, error: String(error) });
  }
}

/**
 * Wraps `handler` for use as a socket, timer or emitter callback: reports what it throws or rejects with, and
 * calls `end` to close what it ran for. Never throws.
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

/** Tracks work that is not awaited: reports a rejection and calls `end`. */
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

/** The number of faults by place. */
export class FaultCounts {
  readonly counts = new Map<FaultPlace, number>(FAULT_PLACES.map((where) => [where, 0]));

  /** Wraps `log` and counts the faults that pass through. */
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
 * The process's last safety net: reports uncaught errors and keeps the process alive, with all media that
 * flows. In a burst of faults it exits with code 1, since continuing is not safe.
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
