import { parentPort } from "node:worker_threads";

/** How long the process's event loop can block while the process uses the CPU, ms. As on the edge. */
const STANDING_MS = 5_000;

/**
 * CPU time in that period below which the machine is considered overloaded instead of the process blocked,
 * ms.
 */
const WORKING_MS = 2_500;

/** How long it can block in any case, ms. */
const STARVED_MS = 15_000;

/** Interval of the checks, ms. */
const LOOK_MS = 500;

let beatAt = performance.now();
let workedMs = cpuMs();
let lookedAt = beatAt;

parentPort?.on("message", beat);

setInterval(() => {
  const now = performance.now();
  // The whole machine was suspended, so the process is not at fault.
  if (now - lookedAt > 3 * LOOK_MS) beat();
  lookedAt = now;
  const standsMs = now - beatAt;
  if (standsMs <= STANDING_MS) return;
  if (standsMs <= STARVED_MS && cpuMs() - workedMs < WORKING_MS) return;
  process.kill(process.pid, "SIGKILL");
}, LOOK_MS);

function beat(): void {
  beatAt = performance.now();
  workedMs = cpuMs();
}

/** CPU time used by the process, ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
