import { readConfig } from "./config.ts";
import { startEdge } from "./edge.ts";
import { catchStrays } from "@tafelrunde/protocol/process/faults";
import { HOW_TO_GET_IT } from "./first_admin.ts";
import { askedToEnd } from "./runtime/stop_signal.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { denoRuntime, inTurns } from "./runtime/serve_deno.ts";
import { runProcess } from "./run_process.ts";
import { startWatchdog } from "./runtime/watchdog.ts";

const log = makeLog((line) => console.log(line));

/**
 * The edge as an edge function, for platforms that run `Deno.serve`. Needs DATABASE_URL, because such a
 * platform keeps no files.
 */
async function run(): Promise<void> {
  const config = readConfig((name) => Deno.env.get(name));
  await using edge = await startEdge(config, denoRuntime(), log);
  using _strays = catchStrays(edge.log);
  using watchdog = startWatchdog(edge.log);
  const answer = inTurns(edge.app.fetch, { trust: config.TRUSTED_PROXIES, places: edge.places });
  const server = Deno.serve({
    port: config.PORT,
    hostname: config.HOST,
    onListen: () => {},
  }, (request, info) => {
    watchdog.alive();
    return answer(request, info);
  });
  const { port } = server.addr;
  watchdog.probeAt(config.HOST, port);
  const firstAdmin = await edge.makeFirstAdminLink(port) && HOW_TO_GET_IT;
  log.info("ready", { port, edgeId: edge.edgeId, firstAdmin });
  // If accepting fails, for example without open files, Deno ends its server; the process then ends to be
  // restarted.
  const failed = server.finished.then(() => "finished");
  const reason = await Promise.race([askedToEnd(config), failed]);
  log.info("draining", { reason, sockets: edge.sockets });
  await edge.drain(config.DRAIN_S * 1000);
  await server.shutdown();
}

await runProcess(log, run);
