import process from "node:process";

/** Longest time for which the event loop of the process can be blocked while the process works, ms. */
const STANDING_MS = 5_000;

/** Least CPU time used in that time if the process is blocked, and not starved by the machine, ms. */
const WORKING_MS = 2_500;

/** Longest time for which it can be blocked in any case, ms. */
const STARVED_MS = 15_000;

/** Interval of the checks, ms. */
const LOOK_MS = 500;

/**
 * Calls `end` when the event loop of the process's main thread stands still. Runs in another thread of it;
 * returns a function to call at each of its messages (watchdog.ts).
 */
export function watchStanding(end: () => void): () => void {
  let beatAt = performance.now();
  let workedMs = cpuMs();
  let lookedAt = beatAt;
  const beat = () => {
    beatAt = performance.now();
    workedMs = cpuMs();
  };
  setInterval(() => {
    const now = performance.now();
    // The whole machine was suspended: not the process's fault.
    if (now - lookedAt > 3 * LOOK_MS) beat();
    lookedAt = now;
    const standsMs = now - beatAt;
    if (standsMs <= STANDING_MS) return;
    if (standsMs <= STARVED_MS && cpuMs() - workedMs < WORKING_MS) return;
    end();
  }, LOOK_MS);
  return beat;
}

/** CPU time used by the process, ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
