import { readFileSync } from "node:fs";
import type { NodeProfile } from "@tafelrunde/protocol/media";
import { Admission } from "./admission.ts";
import { Cascade } from "./cascade.ts";
import { ResourceCounts } from "./resource_counts.ts";
import { ConfigError } from "@tafelrunde/protocol/process/config";
import { type Config, readConfig } from "./config.ts";
import { ControlServer, UNPROVED } from "./control.ts";
import { Edges } from "./edges.ts";
import { catchStrays, countingFaults, type FaultPlace } from "@tafelrunde/protocol/process/faults";
import { listen } from "./listen.ts";
import { LoadMeter, LoadReports } from "./load.ts";
import { type Log, makeLog } from "@tafelrunde/protocol/process/log";
import { raisePriority } from "@tafelrunde/protocol/process/priority";
import { MediaNode } from "./media_node.ts";
import { makeMetrics, serveMetrics } from "./metrics.ts";
import { ProbeServer, PROBING } from "./probe.ts";
import { authority, makeProfile } from "./profile.ts";
import { keepRegistered } from "./registration.ts";
import { startWatchdog } from "./watchdog.ts";
import { WorkerPool } from "./worker_pool.ts";

/** A running media node that accepts edges. */
export interface RunningNode extends AsyncDisposable {
  /** Port of its control channel. */
  readonly port: number;
  /** A log that also counts faults for the metrics. */
  readonly log: Log;
  readonly profile: NodeProfile;
  readonly node: MediaNode;
  readonly pool: WorkerPool;
  /** Counts of the open mediasoup objects. */
  readonly resourceCounts: ResourceCounts;
}

/**
 * Starts a media node. Rejects if it cannot listen or start its workers; in that case nothing is left
 * running.
 */
export async function startMediaNode(config: Config, plainLog: Log): Promise<RunningNode> {
  const faults = new Map<FaultPlace, number>();
  const log = countingFaults(plainLog, (where) => faults.set(where, (faults.get(where) ?? 0) + 1));
  await using stack = new AsyncDisposableStack();
  const listener = stack.use(
    await listen({
      host: config.CONTROL_HOST,
      port: config.CONTROL_PORT,
      certificate: certificate(config.CONTROL_CERT, config.CONTROL_CERT_KEY),
      newcomers: UNPROVED,
      log,
    }),
  );
  const probe = config.PROBE_PORT === undefined ? undefined : stack.use(
    await listen({
      host: config.PROBE_HOST,
      port: config.PROBE_PORT,
      certificate: certificate(config.PROBE_CERT, config.PROBE_CERT_KEY),
      newcomers: PROBING,
      log,
    }),
  );
  if (probe !== undefined) stack.use(new ProbeServer(probe, log));
  const profile = makeProfile(config, { control: listener.port, probe: probe?.port });
  const admission = new Admission(profile.capacity, config.WORKER_CONSUMERS);
  const edges = new Edges();
  const cascade = stack.use(
    new Cascade({
      profile,
      clusterKeys: config.CLUSTER_KEY,
      ca: config.CONTROL_CA === "" ? undefined : readFileSync(config.CONTROL_CA, "utf8"),
      addresses: {
        private: config.PIPE_PRIVATE_LISTEN,
        public: config.PIPE_LISTEN,
        ports: config.PIPE_PORTS,
      },
      log,
    }),
  );
  const node = stack.use(
    new MediaNode({
      profile,
      admission,
      cascade,
      stateChanged: () => reports.now(),
      workerConsumers: config.WORKER_CONSUMERS,
      orphanTtlMs: config.ORPHAN_TTL_MS,
      lobbyTtlMs: config.LOBBY_TTL_MS,
      edges,
      log,
    }),
  );
  const resourceCounts = new ResourceCounts();
  const pool = stack.use(
    await WorkerPool.start({
      count: config.WORKERS,
      addresses: config.RTC_LISTEN,
      rtcPort: config.RTC_PORT,
      workerBin: config.MEDIASOUP_WORKER_BIN || undefined,
      resourceCounts,
      log,
      onDied: (worker) => node.workerDied(worker),
    }),
  );
  node.useWorkers(pool);
  const meter = new LoadMeter(node, admission, () => pool.workers);
  const reports = stack.use(new LoadReports(meter, (load) => edges.notifyAll(load), log));
  if (config.METRICS_TOKEN !== "") {
    const metrics = makeMetrics({
      load: () => reports.last,
      resourceCounts,
      unseen: () => node.unseen,
      faults,
      refused: () => node.refused,
    });
    listener.routes.set("/metrics", serveMetrics(metrics, config.METRICS_TOKEN));
  }
  stack.use(new ControlServer({ listener, clusterKeys: config.CLUSTER_KEY, profile, node, edges, log }));
  listener.routes.set("/health", (_request, response) => {
    void pool.isHealthy().then((isHealthy) => response.writeHead(isHealthy ? 200 : 503).end());
  });
  const { publicUrl, privateUrl } = profile.address;
  const scheme = config.CONTROL_CERT === "" ? "ws" : "wss";
  if (config.EDGE_URL !== "") {
    stack.use(keepRegistered({
      edgeUrl: config.EDGE_URL,
      nodeId: config.NODE_ID,
      controlUrl: publicUrl ?? privateUrl ?? `${scheme}://${authority(config.CONTROL_HOST, listener.port)}`,
      clusterKey: config.CLUSTER_KEY[0]!,
      log,
    }));
  }
  const running = stack.move();
  return {
    port: listener.port,
    log,
    profile,
    node,
    pool,
    resourceCounts,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function certificate(certFile: string, keyFile: string) {
  return certFile === "" ? undefined : { certFile, keyFile };
}

/**
 * Reasons to stop: the first signal asks to drain; a second one, or the loss of the launcher, stops at once.
 */
interface StopRequests {
  readonly asked: Promise<string>;
  readonly impatient: Promise<string>;
}

function listenForStop(config: Config): StopRequests {
  const asked = Promise.withResolvers<string>();
  const impatient = Promise.withResolvers<string>();
  let signals = 0;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      signals += 1;
      (signals === 1 ? asked : impatient).resolve(signal);
    });
  }
  if (config.TAFELRUNDE_STOP_WITH === "stdin") {
    process.stdin.on("end", () => impatient.resolve("stdin")).resume();
  }
  return { asked: asked.promise, impatient: impatient.promise };
}

async function main(): Promise<void> {
  const log = makeLog((line) => console.log(line));
  let config: Config;
  try {
    config = readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    log.error("config.wrong", { wrong: error.errors });
    process.exitCode = 1;
    return;
  }
  const { asked, impatient } = listenForStop(config);
  raisePriority();
  try {
    const running = await startMediaNode(config, log);
    catchStrays(running.log);
    log.info("ready", {
      nodeId: config.NODE_ID,
      port: running.port,
      workers: config.WORKERS,
      rtcPort: config.RTC_PORT,
    });
    using _watchdog = startWatchdog(running.log, { host: config.CONTROL_HOST, port: running.port });
    const { node } = running;
    void asked.then(() => node.drain(config.DRAIN_S * 1000));
    log.info("stopping", { reason: await Promise.race([impatient, node.drained.then(() => "drained")]) });
    await running[Symbol.asyncDispose]();
    log.info("stopped");
    process.exit(0);
  } catch (error) {
    log.error("start.failed", { error });
    process.exit(1);
  }
}

if (import.meta.main) await main();
