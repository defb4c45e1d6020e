import { features } from "@tafelrunde/protocol";
import { readConfig } from "../edge/config.ts";
import { startEdge } from "../edge/edge.ts";
import { askedToEnd } from "../edge/runtime/stop_signal.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { runProcess } from "../edge/run_process.ts";
import { listenNode, nodeRuntime } from "../edge/runtime/serve_node.ts";

/** A version that knows none of today's features. */
export const OLDER_VERSION = Math.min(...Object.values(features).map(({ since }) => since)) - 1;

/** The process of an edge whose lease carries the version of an older release. */
async function run(): Promise<void> {
  const config = readConfig((name) => Deno.env.get(name));
  await using edge = await startEdge(config, nodeRuntime(), log, { version: OLDER_VERSION });
  await using server = await listenNode(edge.app, {
    hostname: config.HOST,
    port: config.PORT,
    log: edge.log,
    trust: config.TRUSTED_PROXIES,
    places: edge.places,
    connections: edge.makeConnections(1_000),
  });
  log.info("ready", { port: server.port });
  await askedToEnd(config);
  await edge.drain(config.DRAIN_S * 1000);
}

const log = makeLog((line) => console.log(line));
if (import.meta.main) await runProcess(log, run);
