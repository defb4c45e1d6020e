import { readConfig } from "./config.ts";
import { startEdge } from "./edge.ts";
import { catchStrays } from "./faults.ts";
import { askedToEnd } from "./lifeline.ts";
import { makeLog } from "./log.ts";
import { denoRuntime } from "./serve_deno.ts";
import { runProcess } from "./run_process.ts";

const log = makeLog((line) => console.log(line));

/** The edge as an edge function: for platforms that run `Deno.serve`. Needs DATABASE_URL: such a platform keeps no files. */
async function run(): Promise<void> {
  const config = readConfig((name) => Deno.env.get(name));
  await using edge = await startEdge(config, denoRuntime(), log);
  using _strays = catchStrays(edge.log);
  const server = Deno.serve({
    port: config.PORT,
    hostname: config.HOST,
    onListen: () => {},
  }, edge.app.fetch);
  const { port } = server.addr;
  log.info("ready", { port, edgeId: edge.edgeId, firstAdmin: await edge.makeFirstAdminLink(port) });
  const reason = await askedToEnd(config);
  log.info("draining", { reason, sockets: edge.sockets });
  await edge.drain(config.DRAIN_S * 1000);
  await server.shutdown();
}

await runProcess(log, run);
