import { readConfig } from "./config.ts";
import { startEdge } from "./edge.ts";
import { connectionsFor } from "./connections.ts";
import { catchStrays } from "@tafelrunde/protocol/process/faults";
import { raisePriority } from "@tafelrunde/protocol/process/priority";
import { askedToEnd } from "./runtime/stop_signal.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { countOpenFiles } from "./runtime/open_files.ts";
import { leaveFirstAdminLink } from "./first_admin.ts";
import { listenNode, nodeRuntime } from "./runtime/serve_node.ts";
import { runProcess } from "./run_process.ts";
import { startWatchdog } from "./runtime/watchdog.ts";

const log = makeLog((line) => console.log(line));

/** Starts configuration, store, bus, rooms, media nodes, HTTP and signaling; then waits for the end. */
async function run(): Promise<void> {
  const config = readConfig((name) => Deno.env.get(name));
  raisePriority();
  const openFiles = countOpenFiles();
  const runtime = nodeRuntime();
  await using edge = await startEdge(config, runtime, log);
  using _strays = catchStrays(edge.log);
  using watchdog = startWatchdog(edge.log);
  await using server = await listenNode(edge.app, {
    hostname: config.HOST,
    port: config.PORT,
    log: edge.log,
    trust: config.TRUSTED_PROXIES,
    places: edge.places,
    connections: edge.makeConnections(connectionsFor(openFiles), () => watchdog.alive()),
  });
  watchdog.probeAt(config.HOST, server.port);
  const firstAdmin = await leaveFirstAdminLink(config.DATA_DIR, await edge.makeFirstAdminLink(server.port));
  log.info("ready", { port: server.port, edgeId: edge.edgeId, firstAdmin });
  const reason = await askedToEnd(config);
  log.info("draining", { reason, sockets: edge.sockets });
  await edge.drain(config.DRAIN_S * 1000);
}

await runProcess(log, run);
