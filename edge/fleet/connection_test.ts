import assert from "node:assert/strict";
import type { EdgeId } from "@tafelrunde/protocol";
import { makeLog } from "../log.ts";
import { NodeConnection } from "./connection.ts";

/** How long the process is busy at a time, ms: each look at the connection comes late. */
const BUSY_MS = 450;

/** In so many such times a connection that is not answered has been given up, however long they take. */
const MOST_TIMES = 30;

Deno.test("a process that is always late gives up a node that never answers, too", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  await using _connection = new NodeConnection(`ws://127.0.0.1:${listener.addr.port}`, {
    clusterKeys: ["a key of tests"],
    edgeId: "edge" as EdgeId,
    log: makeLog(() => {}),
    events: { meets: () => true, notice() {}, proved() {}, up() {}, down() {}, refused() {} },
  });
  using silent = await accepted;
  let isGivenUp = false;
  const reading = (async () => {
    const buffer = new Uint8Array(4_096);
    try {
      while (await silent.read(buffer) !== null);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
    isGivenUp = true;
  })();
  for (let times = 0; times < MOST_TIMES && !isGivenUp; times++) {
    const begun = performance.now();
    while (performance.now() - begun < BUSY_MS);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.ok(isGivenUp);
  await reading;
});
