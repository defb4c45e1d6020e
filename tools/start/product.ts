import { authority, hostOnThisMachine } from "../../edge/network_address.ts";
import { ROOT } from "../places.ts";
import { findWorker } from "../setup/media_worker.ts";
import { findNode } from "../setup/node.ts";
import { WEB_DIR } from "../setup/web_app.ts";
import type { StopRequest } from "../stop_request.ts";
import { choosePorts } from "./choose_ports.ts";
import { clusterKey, openDataDir } from "./data_dir.ts";
import { EDGE_ENV } from "./edge_env.ts";
import { edgePermissions } from "./edge_permissions.ts";
import { LogFile } from "./log_file.ts";
import { Service } from "./service.ts";

/**
 * Time to stop, beyond DRAIN_S, for the edge and for all together, ms; processes that still run then are
 * killed.
 */
const DRAIN_MS = { edge: 5_000, all: 8_000 };

/**
 * Runs one media node and one edge until asked to stop, and prints the URL when both are ready. With
 * MEDIA_NODES set: the edge alone, with media nodes that run elsewhere. Stops the edge first, so that
 * participants are notified before their media ends. Throws `ServiceError` if one of them does not start; all
 * of it is stopped then, too.
 */
export async function runProduct(stop: StopRequest): Promise<void> {
  const env = (name: string) => Deno.env.get(name);
  const ports = await choosePorts(env);
  const dataDir = await openDataDir();
  const shared = { CLUSTER_KEY: await clusterKey(dataDir), DATA_DIR: dataDir };
  const control = env("CONTROL_HOST") || "127.0.0.1";
  // A single edge cannot move its participants elsewhere, so it does not wait for them unless configured to.
  const drainS = Number(env("DRAIN_S")) || 0;
  const page = `http://${authority(hostOnThisMachine(env("HOST") ?? ""), ports.page)}`;
  const show = (text: string) => console.error(text);
  using mediaLog = new LogFile(`${dataDir}/log/media.log`);
  using edgeLog = new LogFile(`${dataDir}/log/edge.log`);

  const media = env("MEDIA_NODES") ? undefined : new Service({
    name: "media node",
    command: await findNode() ?? "node",
    args: [`${ROOT}/media/src/main.ts`],
    cwd: ROOT,
    env: {
      ...shared,
      CONTROL_HOST: control,
      DRAIN_S: "0",
      CONTROL_PORT: String(ports.control),
      RTC_PORT: String(ports.rtc),
      MEDIASOUP_WORKER_BIN: await findWorker() ?? "",
    },
    log: mediaLog,
    show,
  });
  const edgeEnv = {
    ...shared,
    PORT: String(ports.page),
    DRAIN_S: String(drainS),
    MEDIA_NODES: env("MEDIA_NODES") || `ws://${authority(control, ports.control)}`,
    WEB_DIR,
  };
  const permissions = edgePermissions({ ...Deno.env.toObject(), ...edgeEnv }, dataDir);
  const edge = new Service({
    name: "edge",
    command: Deno.execPath(),
    args: ["run", ...permissions, `${ROOT}/edge/main.ts`],
    cwd: ROOT,
    env: { ...EDGE_ENV, ...edgeEnv },
    log: edgeLog,
    show,
  });

  try {
    await unlessStopped(Promise.all([edge.ready, media?.ready]), stop.signal);
    if (!stop.signal.aborted) {
      console.log(`Tafelrunde is running: ${env("PUBLIC_URL") || page}`);
      const { firstAdmin } = await edge.ready;
      if (typeof firstAdmin === "string") {
        const link = await Deno.readTextFile(firstAdmin).catch(() => firstAdmin);
        console.log(`The first account is made here, within a day: ${link.trim()}`);
      }
    }
    await unlessStopped(new Promise(() => {}), stop.signal);
  } finally {
    const deadlineAt = Date.now() + DRAIN_MS.all + drainS * 1000;
    await edge.stop(DRAIN_MS.edge + drainS * 1000, stop.impatient);
    await media?.stop(Math.max(0, deadlineAt - Date.now()), stop.impatient);
  }
}

/** Waits for a promise or for the stop request, whichever is first; rejects if the promise does. */
function unlessStopped(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    if (signal.aborted) return done();
    signal.addEventListener("abort", () => done(), { once: true });
    promise.then(() => done(), fail);
  });
}
