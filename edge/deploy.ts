import { readConfig } from "./config.ts";
import { startEdge } from "./edge.ts";
import { makeLog } from "./log.ts";
import { denoRuntime } from "./serve_deno.ts";

/** The edge as an edge function: for platforms that run `Deno.serve`. Needs DATABASE_URL: such a platform keeps no files. */
const log = makeLog((line) => console.log(line));
const config = readConfig((name) => Deno.env.get(name));
const runtime = denoRuntime();
const edge = await startEdge(config, runtime, log);
const server = Deno.serve({
  port: config.PORT,
  hostname: config.HOST,
  onListen: ({ port }) => log.info("ready", { port, edgeId: edge.edgeId }),
}, edge.app.fetch);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await edge.drain(config.DRAIN_S * 1000);
    await server.shutdown();
    await edge[Symbol.asyncDispose]();
    Deno.exit(0);
  });
}
