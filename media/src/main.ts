import { type Config, ConfigError, readConfig } from "./config.ts";
import { ControlServer } from "./control.ts";
import { Edges } from "./edges.ts";
import { LoadMeter, makeLoadReports } from "./load.ts";
import { type Log, makeLog } from "./log.ts";
import { MediaNode } from "./media_node.ts";
import { WorkerPool } from "./worker_pool.ts";

/** A media node that takes edges. */
export interface RunningNode extends AsyncDisposable {
  /** Port of its control channel. */
  readonly port: number;
  readonly node: MediaNode;
  readonly pool: WorkerPool;
}

/** Starts a media node. Rejects when it cannot listen or start its workers; nothing is left running then. */
export async function startMediaNode(config: Config, log: Log): Promise<RunningNode> {
  await using stack = new AsyncDisposableStack();
  const edges = new Edges();
  const node = stack.use(
    new MediaNode({
      nodeId: config.NODE_ID,
      maxPeers: config.MAX_PEERS,
      orphanTtlMs: config.ORPHAN_TTL_MS,
      lobbyTtlMs: config.LOBBY_TTL_MS,
      edges,
      log,
    }),
  );
  const pool = stack.use(
    await WorkerPool.start({
      count: config.WORKERS,
      addresses: config.RTC_LISTEN,
      rtcPort: config.RTC_PORT,
      workerBin: config.MEDIASOUP_WORKER_BIN || undefined,
      log,
      onDied: (worker) => node.workerDied(worker),
    }),
  );
  node.useWorkers(pool);
  const meter = new LoadMeter(node, () => pool.workers);
  stack.defer(makeLoadReports(meter, (load) => edges.notifyAll(load)));
  const control = stack.use(
    await ControlServer.listen({
      host: config.CONTROL_HOST,
      port: config.CONTROL_PORT,
      clusterKey: config.CLUSTER_KEY,
      nodeId: config.NODE_ID,
      node,
      edges,
      log,
    }),
  );
  const running = stack.move();
  return { port: control.port, node, pool, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Resolves with the reason when the process is told to stop. */
function stopAsked(config: Config): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
    if (config.TAFELRUNDE_LIFELINE === "stdin") process.stdin.on("end", () => resolve("lifeline")).resume();
  });
}

async function main(): Promise<void> {
  const log = makeLog((line) => console.log(line));
  let config: Config;
  try {
    config = readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    log("error", "config.wrong", { wrong: error.message.split("\n") });
    process.exitCode = 1;
    return;
  }
  const asked = stopAsked(config);
  try {
    const running = await startMediaNode(config, log);
    log("info", "ready", {
      nodeId: config.NODE_ID,
      port: running.port,
      workers: config.WORKERS,
      rtcPort: config.RTC_PORT,
    });
    log("info", "stopping", { reason: await asked });
    await running[Symbol.asyncDispose]();
    log("info", "stopped");
    process.exit(0);
  } catch (error) {
    log("error", "start.failed", { error });
    process.exit(1);
  }
}

if (import.meta.main) await main();
