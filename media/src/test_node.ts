import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { readConfig } from "./config.ts";
import { type Log, logTo } from "@tafelrunde/protocol/process/log";
import { type RunningNode, startMediaNode } from "./main.ts";
import { TEST_KEY } from "./test_edge.ts";

/**
 * A node with one real worker on loopback. Disposing it fails if it reported a fault; a test that expects one
 * clears `faults`.
 */
export async function startTestNode(
  variables: Readonly<Record<string, string>> = {},
  log: Log = logTo(() => {}),
): Promise<RunningNode & { readonly faults: unknown[] }> {
  const faults: unknown[] = [];
  const watched = logTo((level, event, fields) => {
    if (event === "fault") faults.push(fields);
    log[level](event, fields);
  });
  const running = await startMediaNode(
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
    watched,
  );
  return {
    ...running,
    faults,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      assert.deepEqual(faults, [], "faults that the test did not provoke");
    },
  };
}

/**
 * A free TCP port below the system's ephemeral range, so that the system does not assign it to anything else.
 */
export async function freePort(): Promise<string> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    const server = createServer().listen(port);
    const isFree = await once(server, "listening").then(() => true, () => false);
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return String(port);
  }
}
