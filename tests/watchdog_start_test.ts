import assert from "node:assert/strict";
import { ROOT } from "../tools/places.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { EDGE_ENV } from "../tools/start/edge_env.ts";
import { edgePermissions } from "../tools/start/edge_permissions.ts";
import { LogFile } from "../tools/start/log_file.ts";
import { Service } from "../tools/start/service.ts";
import { startBackbone } from "./cluster_rig.ts";
import { CLUSTER_KEY, makeStubPages } from "./edge_rig.ts";

/** What makes a running edge useless. */
const TROUBLES: Readonly<Record<string, (pid: number) => Promise<void>>> = {
  "whose event loop stands": (pid) => Promise.resolve(Deno.kill(pid, "SIGUSR2")),
  "that accepts nothing any more": async (pid) => {
    const open = [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
    const { success } = await new Deno.Command("prlimit", {
      args: [`--pid=${pid}`, `--nofile=${open}:${open}`],
    })
      .output();
    assert.ok(success, "prlimit");
  },
};

/** Resolves when the condition holds; rejects after 60 s. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

for (const [trouble, make] of Object.entries(TROUBLES)) {
  Deno.test(`an edge ${trouble}, with the product's permissions, exits and is restarted`, async () => {
    await using backbone = await startBackbone("postgres");
    const dataDir = await makeStubPages();
    using log = new LogFile(`${dataDir}/log`);
    const port = freeTcpPort();
    const env = {
      ...backbone.env,
      CLUSTER_KEY,
      MEDIA_NODES: "",
      HOST: "127.0.0.1",
      PORT: String(port),
      DATA_DIR: dataDir,
      WEB_DIR: dataDir,
      DRAIN_S: "0",
    };
    const shown: string[] = [];
    const edge = new Service({
      name: "edge",
      command: Deno.execPath(),
      args: [
        "run",
        ...edgePermissions(env, dataDir),
        "--preload",
        `${ROOT}/tests/standing_loop.ts`,
        `${ROOT}/edge/main.ts`,
      ],
      cwd: ROOT,
      env: { ...EDGE_ENV, ...env },
      log,
      show: (text) => shown.push(text),
    });
    try {
      await edge.ready;
      const first = edge.pid!;
      await make(first);
      await until("it runs again", () => shown.includes("edge: runs again"));
      assert.notEqual(edge.pid, first);
      assert.equal((await fetch(`http://127.0.0.1:${port}/v1/version`)).status, 200);
    } finally {
      await edge.stop(10_000);
    }
  });
}
