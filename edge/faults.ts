import process from "node:process";
import type { Counter } from "prom-client";
import { causeOf } from "./cause.ts";
import type { Log } from "./log.ts";
import { isStoreAway } from "./store/unavailable.ts";

/** Where a bug of ours was caught: the labels of tafelrunde_edge_faults_total. */
export type FaultPlace = "bus" | "http" | "job" | "media" | "process" | "room" | "session" | "socket";

/**
 * With more otherwise uncaught faults than this within `BURST_MS`, the process ends: something in it is
 * permanently broken.
 */
const BURST_LIMIT = 100;
const BURST_MS = 60_000;

/** Logs a bug of ours as the event "fault"; an unavailable database is not a bug. Never throws. */
export function reportFault(log: Log, where: FaultPlace, error: unknown): void {
  if (isStoreAway(error)) return log.warn("store.away", { where, error });
  try {
    log.error("fault", { where, error });
  } catch {
    // The fields cannot be written as JSON: a cycle, or a BigInt.
    log.error("fault", { where, error: String(error) });
  }
}

/**
 * Logs as `event`, with its cause, a failure that will be retried; an unavailable database is logged as such.
 */
export function warnOf(log: Log, event: string, error: unknown): void {
  if (isStoreAway(error)) log.warn("store.away", { where: event, error });
  else log.warn(event, { error: causeOf(error) });
}

/**
 * Wraps `handler` for a socket, a timer or an emitter: if it throws or rejects, that is reported and `end` is
 * called. Never throws.
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

/** Handles work that nobody awaits: if it rejects, that is reported and `end` is called. */
export function attend(
  log: Log,
  where: FaultPlace,
  work: Promise<unknown>,
  end: () => void = () => {},
): void {
  work.catch((error) => fail(log, where, error, end));
}

function fail(log: Log, where: FaultPlace, error: unknown, end: () => void): void {
  reportFault(log, where, error);
  try {
    end();
  } catch (endError) {
    reportFault(log, where, endError);
  }
}

/** A `log` that counts faults. */
export function countingFaults(log: Log, faults: Counter<"where">): Log {
  return {
    ...log,
    error(event, fields = {}) {
      if (event === "fault") faults.inc({ where: String(fields["where"]) });
      log.error(event, fields);
    },
    with: (context) => countingFaults(log.with(context), faults),
  };
}

/**
 * The last handler of a process: reports uncaught errors and lets the process continue, until disposed. Exits
 * with 1 if continuing is unsafe: in a burst of faults, and when WebAssembly (PGlite) has crashed.
 */
export function catchStrays(log: Log, end: () => void = () => Deno.exit(1)): Disposable {
  const times: number[] = [];
  const caught = (error: unknown) => {
    reportFault(log, "process", error);
    times.push(performance.now());
    if (times.length > BURST_LIMIT) times.shift();
    const isBurst = times.length === BURST_LIMIT && times.at(-1)! - times[0]! < BURST_MS;
    if (!isBurst && !(error instanceof WebAssembly.RuntimeError)) return;
    log.error("cannotGoOn");
    end();
  };
  process.on("uncaughtException", caught);
  process.on("unhandledRejection", caught);
  return {
    [Symbol.dispose]() {
      process.off("uncaughtException", caught);
      process.off("unhandledRejection", caught);
    },
  };
}
