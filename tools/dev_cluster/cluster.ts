import { randomBytes } from "node:crypto";
import { startNats } from "../nats.ts";
import { ROOT } from "../places.ts";
import { freeTcpPort, isTcpPortFree } from "../ports.ts";
import { startPostgres } from "../postgres.ts";
import { findWorker } from "../setup/media_worker.ts";
import { findNode } from "../setup/node.ts";
import { SetupError } from "../setup/step.ts";
import { WEB_DIR } from "../setup/web_app.ts";
import { areRtcPortsFree } from "../start/choose_ports.ts";
import { LogFile } from "../start/log_file.ts";
import { Service } from "../start/service.ts";
import type { StopRequest } from "../stop_request.ts";
import { TcpProxy } from "./tcp_proxy.ts";

const EDGES = 2;
const MEDIA_NODES = 2;

/** Ports tried as the media nodes' RTC ports; the system may have assigned some of them to a connection. */
const RTC_PORTS = { first: 45_400, last: 45_499 };

/** The cluster's port if PORT is not set. */
const PORT = 8090;

/** Time for an edge to move its participants to the other, s, and time until it is killed, ms. */
const DRAIN_S = 3;
const STOP_MS = 8_000;

/**
 * Runs a cluster in a temporary folder until asked to stop, and prints the URL and each process id. A process
 * that exits is restarted: kill one and watch. Throws `SetupError` if PORT is in use, `ServiceError` if
 * something does not start.
 */
export async function runCluster(stop: StopRequest): Promise<void> {
  const port = Number(Deno.env.get("PORT") || PORT);
  if (!isTcpPortFree("0.0.0.0", port)) throw new SetupError(`Port ${port} is in use; PORT names another.`);
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-cluster-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const database = stack.use(await startPostgres());
  const bus = stack.use(await startNats());
  const shared = { CLUSTER_KEY: randomBytes(24).toString("hex") };
  const start = (name: string, command: string, args: string[], env: Record<string, string>) => {
    const service = new Service({
      name,
      command,
      args,
      cwd: ROOT,
      env: { ...shared, ...env },
      log: stack.use(new LogFile(`${folder}/${name.replaceAll(" ", "-")}.log`)),
      show: (text) => console.error(text),
    });
    stack.defer(() => service.stop(STOP_MS, stop.impatient));
    return { name, service };
  };

  const controlPorts = Array.from({ length: MEDIA_NODES }, freeTcpPort);
  const rtcPorts = await chooseRtcPorts(MEDIA_NODES);
  const media = await Promise.all(
    controlPorts.map(async (controlPort, index) =>
      start(`media ${index + 1}`, await findNode() ?? "node", [`${ROOT}/media/src/main.ts`], {
        NODE_ID: `node-${index + 1}`,
        DRAIN_S: "0",
        CONTROL_PORT: String(controlPort),
        RTC_PORT: String(rtcPorts[index]),
        WORKERS: "1",
        MEDIASOUP_WORKER_BIN: await findWorker() ?? "",
      })
    ),
  );
  const edgePorts = Array.from({ length: EDGES }, freeTcpPort);
  const edges = edgePorts.map((edgePort, index) =>
    start(`edge ${index + 1}`, Deno.execPath(), ["run", "-A", "--frozen", `${ROOT}/edge/main.ts`], {
      HOST: "127.0.0.1",
      PORT: String(edgePort),
      DATABASE_URL: database.url,
      NATS_URL: bus.url,
      MEDIA_NODES: controlPorts.map((controlPort) => `ws://127.0.0.1:${controlPort}`).join(","),
      DRAIN_S: String(DRAIN_S),
      WEB_DIR,
    })
  );
  const stopped = new Promise<void>((resolve) => {
    if (stop.signal.aborted) resolve();
    stop.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  const all = [...media, ...edges];
  await Promise.race([stopped, Promise.all(all.map(({ service }) => service.ready))]);
  if (stop.signal.aborted) return;
  stack.use(new TcpProxy(edgePorts, { hostname: "0.0.0.0", port }));
  for (const { name, service } of all) console.log(`${name}: process ${service.pid}`);
  console.log(`Logs: ${folder}`);
  console.log(`Tafelrunde is running: http://localhost:${port}`);
  await stopped;
  // The edges first, while pending requests can still be stored.
  await Promise.all(edges.map(({ service }) => service.stop(STOP_MS, stop.impatient)));
}

/** Free RTC ports for `count` media nodes with one worker each. Throws `SetupError` if there are too few. */
async function chooseRtcPorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let port = RTC_PORTS.first; port <= RTC_PORTS.last && ports.length < count; port++) {
    if (await areRtcPortsFree(port, 1)) ports.push(port);
  }
  if (ports.length === count) return ports;
  throw new SetupError(`Fewer than ${count} of the ports ${RTC_PORTS.first} to ${RTC_PORTS.last} are free.`);
}
