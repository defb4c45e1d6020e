import { randomToken } from "@tafelrunde/protocol";
import { fillPgliteFolder } from "../../edge/store/template_for_tests.ts";
import { ROOT } from "../../tools/places.ts";
import { findWorker } from "../../tools/setup/media_worker.ts";
import { findNode } from "../../tools/setup/node.ts";
import { WEB_DIR } from "../../tools/setup/web_app.ts";
import { LogFile } from "../../tools/start/log_file.ts";
import { Service } from "../../tools/start/service.ts";
import type { Netlab } from "../netlab/netlab.ts";

/** Ports of the pages, the control channel and the latency probe; each host has them to itself. */
const PORTS = { page: 8080, control: 4400, probe: 4443 };

/** How long a stopped node stays away, ms: its start must not take CPU time from the others. */
const AWAY_MS = 8_000;

/** Time for the processes to exit by themselves, ms. */
const STOP_DEADLINE_MS = 5_000;

/** An edge and a media node in each of some regions, each on its own host. A node that exits is restarted. */
export interface Cluster<Name extends string> extends AsyncDisposable {
  /** URL of the pages. */
  readonly origin: string;
  /** Stops a node's process: with SIGKILL at once, with SIGTERM when its participants have moved. */
  end(node: Name, signal: "SIGKILL" | "SIGTERM"): void;
  /** The node's process id; undefined while it restarts. */
  pidOf(node: Name): number | undefined;
  /**
   * Time of the first log line of the edge with this event after `from`, ms since the epoch; undefined: not
   * yet.
   */
  noticedAt(event: string, from: number): Promise<number | undefined>;
  /** Number of pipe ends that mediasoup holds on a node. */
  pipesOf(node: Name): Promise<number>;
}

/**
 * Starts the edge on the host `core` and nodes on the others. Data and logs go to `folder`. A node that exits
 * stays away for `awayMs`.
 */
export async function startCluster<Name extends string, Node extends Name>(
  net: Netlab<Name>,
  hosts: Readonly<Record<Name, string>>,
  { core, nodes, folder, awayMs = AWAY_MS }: {
    core: Name;
    nodes: readonly Node[];
    folder: string;
    awayMs?: number;
  },
): Promise<Cluster<Node>> {
  await using stack = new AsyncDisposableStack();
  const shared = { CLUSTER_KEY: randomToken() + randomToken(), METRICS_TOKEN: randomToken() };
  const start = (host: Name, program: string, args: readonly string[], env: Record<string, string>) => {
    const service = new Service({
      name: host,
      ...net.on(host, program, args),
      cwd: ROOT,
      env: { ...shared, ...env },
      log: stack.use(new LogFile(`${folder}/${host}.log`)),
      show: () => {},
      pauseMs: awayMs,
    });
    stack.defer(() => service.stop(STOP_DEADLINE_MS));
    return service;
  };
  const program = await findNode() ?? "node";
  const worker = await findWorker() ?? "";
  const services = new Map(nodes.map((name) => [
    name,
    start(name, program, [`${ROOT}/media/src/main.ts`], {
      NODE_ID: name,
      REGION: name,
      JURISDICTION: "de",
      NETWORK: "lab",
      CONTROL_HOST: hosts[name],
      CONTROL_PORT: String(PORTS.control),
      RTC_LISTEN: hosts[name],
      PROBE_HOST: hosts[name],
      PROBE_PORT: String(PORTS.probe),
      WORKERS: "1",
      MEDIASOUP_WORKER_BIN: worker,
    }),
  ]));
  // A copy, so that a concurrent build of the web app does not change what is measured.
  const webDir = `${folder}/web`;
  await new Deno.Command("cp", { args: ["-r", WEB_DIR, webDir] }).output();
  await fillPgliteFolder(`${folder}/db`);
  const edge = start(core, Deno.execPath(), ["run", "-A", "--frozen", `${ROOT}/edge/main.ts`], {
    DATA_DIR: folder,
    DATABASE_URL: "",
    PORT: String(PORTS.page),
    MEDIA_NODES: nodes.map((name) => `ws://${hosts[name]}:${PORTS.control}`).join(","),
    WEB_DIR: webDir,
  });
  await Promise.all([edge.ready, ...[...services.values()].map(({ ready }) => ready)]);
  const running = stack.move();
  return {
    origin: `http://${hosts[core]}:${PORTS.page}`,
    end: (node, signal) => Deno.kill(services.get(node)!.pid!, signal),
    pidOf: (node) => services.get(node)!.pid,
    async noticedAt(event, from) {
      const lines = (await Deno.readTextFile(`${folder}/${core}.log`)).split("\n");
      const times = lines.filter((line) => line.includes(`"event":"${event}"`))
        .map((line) => Date.parse(JSON.parse(line.slice(line.indexOf("{"))).at));
      return times.find((at) => at >= from);
    },
    async pipesOf(node) {
      const page = `http://${hosts[node]}:${PORTS.control}/metrics`;
      const headers = { authorization: `Bearer ${shared.METRICS_TOKEN}` };
      const read = `console.log(await (await fetch("${page}", ${JSON.stringify({ headers })})).text())`;
      const { command, args } = net.on(node, Deno.execPath(), ["eval", read]);
      const { stdout } = await new Deno.Command(command, { args }).output();
      const [, pipes] = /^tafelrunde_media_open\{kind="pipe"\} (\d+)$/m.exec(
        new TextDecoder().decode(stdout),
      )!;
      return Number(pipes);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
