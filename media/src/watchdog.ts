import { Worker } from "node:worker_threads";
import type { Log } from "@tafelrunde/protocol/process/log";
import { Watchdog } from "@tafelrunde/protocol/process/watchdog";

/** Neither an HTTP request nor a TLS handshake: the server responds with an error at once. */
const KNOCK = "knock\r\n\r\n";

/** Starts the watchdog of a node that listens there. Its participants recover as from a lost node. */
export function startWatchdog(
  log: Log,
  { host, port }: { readonly host: string; readonly port: number },
): Watchdog {
  const thread = new Worker(new URL("./watchdog_worker.ts", import.meta.url));
  thread.unref();
  thread.on("error", (error) => log.warn("watchdog.lost", { reason: String(error) }));
  const watchdog = new Watchdog(log, { thread, knock: KNOCK });
  watchdog.probeAt(host, port);
  return watchdog;
}
