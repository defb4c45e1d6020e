import { writeSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { watchStanding } from "@tafelrunde/protocol/process/standing";

const beat = watchStanding(() => {
  const line = JSON.stringify({ at: new Date().toISOString(), level: "error", event: "standing" });
  // Not console.log, which asks the thread that stands.
  writeSync(1, `${line}\n`);
  process.kill(process.pid, "SIGKILL");
});
parentPort?.on("message", beat);
