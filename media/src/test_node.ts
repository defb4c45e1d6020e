import { readConfig } from "./config.ts";
import type { Log } from "./log.ts";
import { type RunningNode, startMediaNode } from "./main.ts";
import { TEST_KEY } from "./test_edge.ts";

/** A node with one real worker on loopback. */
export async function startTestNode(
  variables: Readonly<Record<string, string>> = {},
  log: Log = () => {},
): Promise<RunningNode> {
  return await startMediaNode(
    readConfig({
      CLUSTER_KEY: TEST_KEY,
      CONTROL_PORT: "0",
      RTC_PORT: "0",
      RTC_LISTEN: "127.0.0.1",
      PIPE_PORTS: "0",
      NETWORK: "test",
      WORKERS: "1",
      MEDIASOUP_WORKER_BIN: process.env["MEDIASOUP_WORKER_BIN"],
      ...variables,
    }),
    log,
  );
}
