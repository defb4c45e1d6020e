import { ROOT } from "../tools/places.ts";
import { findWorker } from "../tools/setup/media_worker.ts";
import { findNode } from "../tools/setup/node.ts";
import { LogFile } from "../tools/start/log_file.ts";
import { Service } from "../tools/start/service.ts";
import { CLUSTER_KEY } from "./edge_rig.ts";

/** A media node in a process of its own, on 127.0.0.1. */
export interface MediaProcess extends AsyncDisposable {
  /** Its control address, for MEDIA_NODES. */
  readonly url: string;
}

/** Starts a media node with one worker. */
export async function startMediaProcess(): Promise<MediaProcess> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-media-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const service = new Service({
    name: "media node",
    command: await findNode() ?? "node",
    args: [`${ROOT}/media/src/main.ts`],
    cwd: ROOT,
    env: {
      CLUSTER_KEY,
      DRAIN_S: "0",
      CONTROL_PORT: "0",
      RTC_PORT: "0",
      RTC_LISTEN: "127.0.0.1",
      WORKERS: "1",
      MEDIASOUP_WORKER_BIN: await findWorker() ?? "",
    },
    log: stack.use(new LogFile(`${folder}/media.log`)),
    show: (text) => console.error(text),
  });
  stack.defer(() => service.stop(5_000));
  const { port } = await service.ready;
  const running = stack.move();
  return {
    url: `ws://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
