import assert from "node:assert/strict";
import type { EdgeId, NodeId } from "@tafelrunde/protocol";
import { makeLog } from "@tafelrunde/protocol/process/log";
import type { RegisteredNode } from "../store/node.ts";
import { Registry } from "./registry.ts";

/** Longer than the interval of database reads, ms. */
const LATER_MS = 6_000;

Deno.test("[F3] a registered node that no edge has seen for a day is not called anymore", async () => {
  const { now } = performance;
  let shift = 0;
  performance.now = () => now.call(performance) + shift;
  try {
    // Nothing listens at port 9 (RFC 863) of this machine.
    let known: RegisteredNode[] = [{ nodeId: "fra" as NodeId, controlUrl: "ws://127.0.0.1:9" }];
    await using registry = new Registry(["ws://127.0.0.1:9/told"], {
      clusterKeys: ["key"],
      edgeId: "edge" as EdgeId,
      log: makeLog(() => {}),
      store: { readRegisteredNodes: () => Promise.resolve(known), keepNode: () => Promise.resolve() },
      events: { returned() {}, lost() {}, notice() {}, draining() {} },
    });
    await registry.tend();
    assert.deepEqual(registry.nodes.map(({ url }) => url), ["ws://127.0.0.1:9/told", "ws://127.0.0.1:9"]);
    known = [];
    shift += LATER_MS;
    await registry.tend();
    assert.deepEqual(
      registry.nodes.map(({ url }) => url),
      ["ws://127.0.0.1:9/told"],
      "who was told of stays",
    );
  } finally {
    performance.now = now;
  }
});
