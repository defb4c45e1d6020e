/// <reference lib="deno.worker" />
import process from "node:process";

/** Longest time for which the event loop of the process can be blocked while the process works, ms. */
const STANDING_MS = 5_000;

/** Least processor time used in that time if the process is blocked, and not starved by the machine, ms. */
const WORKING_MS = 2_500;

/** Longest time for which it can be blocked in any case, ms. */
const STARVED_MS = 15_000;

/** Interval of the checks, ms. */
const LOOK_MS = 500;

let beatAt = performance.now();
let workedMs = cpuMs();
let lookedAt = beatAt;

self.addEventListener("message", beat);

setInterval(() => {
  const now = performance.now();
  // The whole machine was suspended: not the process's fault.
  if (now - lookedAt > 3 * LOOK_MS) beat();
  lookedAt = now;
  const standsMs = now - beatAt;
  if (standsMs <= STANDING_MS) return;
  if (standsMs <= STARVED_MS && cpuMs() - workedMs < WORKING_MS) return;
  console.log(JSON.stringify({ at: new Date().toISOString(), level: "error", event: "standing" }));
  Deno.kill(Deno.pid, "SIGKILL");
}, LOOK_MS);

function beat(): void {
  beatAt = performance.now();
  workedMs = cpuMs();
}

/** Processor time used by the process, ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
