import { ROOT } from "../tools/places.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { findWorker } from "../tools/setup/media_worker.ts";
import { findNode } from "../tools/setup/node.ts";
import { LogFile } from "../tools/start/log_file.ts";
import { Service } from "../tools/start/service.ts";
import { CLUSTER_KEY } from "./edge_rig.ts";
import { FaultWatch } from "./fault_watch.ts";
import { metricOn, METRICS_TOKEN, readMetrics } from "./metrics_page.ts";

/** The program of a media node. */
const PROGRAM = "media/src/main.ts";

/** A media node in its own process, on 127.0.0.1. */
export interface MediaProcess extends AsyncDisposable {
  /** Faults that fail the test at the end, unless forgiven. */
  readonly faults: FaultWatch;
  /** Its control address, for MEDIA_NODES. */
  readonly url: string;
  /** The running process; its workers are child processes. */
  readonly pid: number;
  /** Its current metrics page; undefined: it does not respond. */
  metrics(): Promise<string | undefined>;
  /** Its whole log, over all its runs. */
  log(): Promise<string>;
  /**
   * Current value of one of its metrics, by name and labels as on the page; undefined: it does not respond.
   */
  metric(name: string): Promise<number | undefined>;
  /** `kill -9`; it is restarted on the same port after a moment, as another run. */
  kill(): void;
  /** Suspends the process, and resumes it. */
  freeze(): void;
  thaw(): void;
}

/**
 * Starts a media node with one worker. `env` adds to what tests need; its clock is `clockAheadMs` ahead of
 * the machine's. `preload`: a module that it loads first, as a path from the root. `root`: the tree that it
 * runs from, of another build; this one by default.
 */
export async function startMediaProcess(
  env: Readonly<Record<string, string>> = {},
  { clockAheadMs = 0, preload, root = ROOT }: {
    readonly clockAheadMs?: number;
    readonly preload?: string;
    readonly root?: string;
  } = {},
): Promise<MediaProcess> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-media-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const logPath = `${folder}/media.log`;
  const faults = new FaultWatch();
  const service = new Service({
    name: "media node",
    command: await findNode() ?? "node",
    args: [
      ...clockAheadMs === 0 ? [] : ["--import", `${ROOT}/tests/shifted_clock.ts`],
      ...preload === undefined ? [] : ["--import", `${ROOT}/${preload}`],
      `${root}/${PROGRAM}`,
    ],
    cwd: root,
    env: {
      CLUSTER_KEY,
      METRICS_TOKEN,
      DRAIN_S: "0",
      // A restarted node must be reachable at the same port.
      CONTROL_PORT: String(freeTcpPort()),
      RTC_PORT: "0",
      RTC_LISTEN: "127.0.0.1",
      WORKERS: "1",
      PIPE_PORTS: "0",
      NETWORK: "test",
      MEDIASOUP_WORKER_BIN: await findWorker() ?? "",
      CLOCK_AHEAD_MS: String(clockAheadMs),
      ...env,
    },
    log: stack.use(new LogFile(logPath)),
    show: () => {},
  });
  stack.defer(() => service.stop(5_000));
  const { port } = await service.ready;
  const metrics = () => readMetrics(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
  const running = stack.move();
  return {
    url: `ws://127.0.0.1:${port}`,
    get pid() {
      return service.pid!;
    },
    faults,
    metrics,
    log: () => Deno.readTextFile(logPath),
    async metric(name) {
      const page = await metrics();
      return page === undefined ? undefined : metricOn(page, name);
    },
    kill: () => Deno.kill(service.pid!, "SIGKILL"),
    freeze: () => Deno.kill(service.pid!, "SIGSTOP"),
    thaw: () => Deno.kill(service.pid!, "SIGCONT"),
    async [Symbol.asyncDispose]() {
      for (const line of (await Deno.readTextFile(logPath)).split("\n")) faults.see(line);
      await running.disposeAsync();
      faults.check();
    },
  };
}
