import { randomToken } from "@tafelrunde/protocol";
import { ROOT } from "../../tools/places.ts";
import { findWorker } from "../../tools/setup/media_worker.ts";
import { findNode } from "../../tools/setup/node.ts";
import { WEB_DIR } from "../../tools/setup/web_app.ts";
import { LogFile } from "../../tools/start/log_file.ts";
import { Service } from "../../tools/start/service.ts";
import type { Netlab } from "../netlab/netlab.ts";

/** Ports of the pages and of the control channel; the host is ours alone, so any will do. */
const PORTS = { page: 8080, control: 4400 };

/** Time for the processes to exit by themselves, ms. */
const STOP_DEADLINE_MS = 5_000;

/** An edge and a media node that run on a host of a simulated network. */
export interface Product extends AsyncDisposable {
  /** URL of the pages, as seen from that network. */
  readonly origin: string;
}

/**
 * Starts edge and media node on `host`, with their data and logs in `folder`. Throws `ServiceError` if one
 * does not start.
 */
export async function startProduct<Name extends string>(
  net: Netlab<Name>,
  host: Name,
  address: string,
  folder: string,
): Promise<Product> {
  await using stack = new AsyncDisposableStack();
  const start = (name: string, program: string, args: readonly string[], env: Record<string, string>) => {
    const service = new Service({
      name,
      ...net.on(host, program, args),
      cwd: ROOT,
      env,
      log: stack.use(new LogFile(`${folder}/${name}.log`)),
      show: (text) => console.error(text),
    });
    stack.defer(() => service.stop(STOP_DEADLINE_MS));
    return service.ready;
  };
  // A copy, so that a concurrent build of the web app does not change what is measured.
  const webDir = `${folder}/web`;
  await new Deno.Command("cp", { args: ["-r", WEB_DIR, webDir] }).output();
  const shared = { CLUSTER_KEY: randomToken() + randomToken() };
  const media = start("media node", await findNode() ?? "node", [`${ROOT}/media/src/main.ts`], {
    ...shared,
    CONTROL_PORT: String(PORTS.control),
    RTC_LISTEN: address,
    MEDIASOUP_WORKER_BIN: await findWorker() ?? "",
  });
  const edge = start("edge", Deno.execPath(), ["run", "-A", "--frozen", `${ROOT}/edge/main.ts`], {
    ...shared,
    DATA_DIR: folder,
    DATABASE_URL: "",
    PORT: String(PORTS.page),
    MEDIA_NODES: `ws://127.0.0.1:${PORTS.control}`,
    WEB_DIR: webDir,
  });
  await Promise.all([media, edge]);
  const running = stack.move();
  return {
    origin: `http://${address}:${PORTS.page}`,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
