/// <reference lib="deno.worker" />
import { watchStanding } from "@tafelrunde/protocol/process/standing";

const beat = watchStanding(() => {
  console.log(JSON.stringify({ at: new Date().toISOString(), level: "error", event: "standing" }));
  Deno.kill(Deno.pid, "SIGKILL");
});
self.addEventListener("message", beat);
