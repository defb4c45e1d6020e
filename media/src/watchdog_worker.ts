import { parentPort } from "node:worker_threads";

/** How long the event loop of the process may stand while it works, ms. As on the edge. */
const STANDING_MS = 5_000;

/** The least that a process works in that time if it is not the machine that has no time for it, ms of processor time. */
const WORKING_MS = 2_500;

/** How long it may stand in any case, ms. */
const STARVED_MS = 15_000;

/** How often that is looked at, ms. */
const LOOK_MS = 500;

let beatAt = performance.now();
let workedMs = cpuMs();
let lookedAt = beatAt;

parentPort?.on("message", beat);

setInterval(() => {
  const now = performance.now();
  // The whole machine stood still: that is not the process's fault.
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

/** Processor time that the process has used, ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
