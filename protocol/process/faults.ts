import process from "node:process";
import { type Log, logTo } from "./log.ts";

/**
 * Where one of our own bugs was caught: the label of tafelrunde_edge_faults_total and
 * tafelrunde_media_faults_total.
 */
export type FaultPlace =
  | "bus"
  | "channel"
  | "http"
  | "job"
  | "listener"
  | "media"
  | "process"
  | "room"
  | "session"
  | "socket";

/**
 * With more otherwise uncaught faults than this within `BURST_MS`, the process ends: something in it is
 * permanently broken.
 */
const BURST_LIMIT = 100;
const BURST_MS = 60_000;

/** Logs a bug of ours as the event "fault". Never throws. */
export function reportFault(log: Log, where: FaultPlace, error: unknown): void {
  try {
    log.error("fault", { where, error });
  } catch {
    // The error cannot be written as JSON: a cycle, or a BigInt.
    log.error("fault", { where, error: String(error) });
  }
}

/**
 * Wraps `handler` for a socket, a timer or an emitter: if it throws or rejects, that is reported and `end` is
 * called, which closes what it ran for. Never throws.
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

/** The same log, which calls `count` for each fault in it. */
export function countingFaults(log: Log, count: (where: FaultPlace) => void): Log {
  return logTo((level, event, fields) => {
    if (event === "fault") count(fields["where"] as FaultPlace);
    log[level](event, fields);
  });
}

/**
 * The last handler of a process: reports uncaught errors and lets the process continue, until disposed. Calls
 * `end` if continuing is unsafe: in a burst of faults, and when WebAssembly (PGlite) has crashed.
 */
export function catchStrays(log: Log, end: () => void = () => process.exit(1)): Disposable {
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
