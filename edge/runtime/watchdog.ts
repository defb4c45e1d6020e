import { causeOf } from "@tafelrunde/protocol/process/cause";
import type { Log } from "@tafelrunde/protocol/process/log";
import { Watchdog, type WatchdogThread } from "@tafelrunde/protocol/process/watchdog";

/** The request of a probe. */
const KNOCK = "HEAD /v1/version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/** Starts the watchdog of an edge. */
export function startWatchdog(log: Log): Watchdog {
  return new Watchdog(log, { thread: startThread(log), knock: KNOCK });
}

function startThread(log: Log): WatchdogThread | undefined {
  if (typeof Worker === "undefined") return undefined;
  try {
    const thread = new Worker(new URL("./watchdog_worker.ts", import.meta.url), { type: "module" });
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      log.warn("watchdog.lost", { reason: event.message });
    });
    return thread;
  } catch (error) {
    log.warn("watchdog.lost", { reason: causeOf(error) });
    return undefined;
  }
}
