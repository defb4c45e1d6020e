import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TEST_KEY, TestEdge } from "./test_edge.ts";
import { newRoomId, TestPerson } from "./test_person.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

function start(variables: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      CLUSTER_KEY: TEST_KEY,
      CONTROL_PORT: "0",
      RTC_PORT: "0",
      RTC_LISTEN: "127.0.0.1",
      WORKERS: "1",
      DRAIN_S: "0",
      ...variables,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
}

/** The fields of the first log line with `event`. */
async function logged(child: ChildProcess, event: string): Promise<Record<string, unknown>> {
  for await (const line of createInterface(child.stdout!)) {
    const fields = JSON.parse(line) as Record<string, unknown>;
    if (fields["event"] === event) return fields;
  }
  throw new Error(`the process ended without ${event}`);
}

for (
  const [what, stop] of [
    ["SIGTERM", (child: ChildProcess) => child.kill("SIGTERM")],
    ["the end of its standard input", (child: ChildProcess) => child.stdin!.end()],
  ] as const
) {
  test(`${what} stops a node with participants gracefully`, async () => {
    const child = start({ TAFELRUNDE_STOP_WITH: "stdin" });
    const exit = once(child, "exit");
    const { port } = await logged(child, "ready");
    await using edge = await TestEdge.connect(port as number);
    await new TestPerson(edge, newRoomId()).open();
    stop(child);
    assert.deepEqual(await exit, [0, null]);
  });
}

test("an invalid configuration stops the node and lists every problem", async () => {
  const child = start({ CLUSTER_KEY: "short", WORKERS: "many", RTC_LISTEN: "example.org" });
  const exit = once(child, "exit");
  const { wrong } = await logged(child, "config.wrong");
  assert.deepEqual((wrong as string[]).map((line) => line.split(" ")[0]), [
    "CLUSTER_KEY",
    "RTC_LISTEN",
    "WORKERS",
  ]);
  assert.deepEqual(await exit, [1, null]);
});

test("a port in use stops the node", async () => {
  const first = start({});
  const { port } = await logged(first, "ready");
  const second = start({ CONTROL_PORT: String(port) });
  const exit = once(second, "exit");
  await logged(second, "start.failed");
  assert.deepEqual(await exit, [1, null]);
  first.kill("SIGTERM");
  await once(first, "exit");
});

/**
 * Loaded before a node: SIGUSR2 blocks its event loop for good, SIGHUP makes it accept no more connections.
 */
const BREAKABLE = `
  import net from "node:net";
  const { listen } = net.Server.prototype;
  const servers = [];
  net.Server.prototype.listen = function (...given) {
    servers.push(this);
    return listen.apply(this, given);
  };
  process.on("SIGUSR2", () => { for (;;); });
  process.on("SIGHUP", () => { for (const { _handle } of servers) _handle.onconnection = () => {}; });
`;

for (
  const [what, signal, end] of [
    ["event loop stands", "SIGUSR2", [null, "SIGKILL"]],
    ["port accepts nothing any more", "SIGHUP", [1, null]],
  ] as const
) {
  test(`a node whose ${what} exits by itself, to be restarted`, { timeout: 300_000 }, async (t) => {
    const child = start({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(BREAKABLE)}` });
    t.after(() => child.kill("SIGKILL"));
    const exit = once(child, "exit");
    const { port } = await logged(child, "ready");
    await using edge = await TestEdge.connect(port as number);
    await new TestPerson(edge, newRoomId()).open();
    child.stdout!.resume();
    child.kill(signal);
    assert.deepEqual(await exit, end);
  });
}
