import { logTo } from "@tafelrunde/protocol/process/log";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { NodeId } from "@tafelrunde/protocol";
import { CHANNEL_VERSIONS, controlProof, type NodeProfile } from "@tafelrunde/protocol/media";
import { type WebSocket, WebSocketServer } from "ws";
import { NodeLink } from "./node_link.ts";

const KEY = "a key of tests that is long enough for a cluster";

function profileOf(nodeId: string): NodeProfile {
  return {
    address: { nodeId, region: "fra", jurisdiction: "de", publicUrl: null, privateUrl: null, network: null },
    runId: "a".repeat(16),
    operator: "",
    probeUrl: null,
    capacity: { peers: 10, workers: 1, bandwidthBps: 0 },
  } as NodeProfile;
}

test("a link that closes while its proof is checked brings no node up: another one has replaced it", async (t) => {
  const [held, checked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isHeld = false;
  const { verify } = crypto.subtle;
  crypto.subtle.verify = async function (this: SubtleCrypto, ...args: Parameters<typeof verify>) {
    if (!isHeld) return await verify.apply(this, args);
    await held.promise;
    return await verify.apply(this, args).finally(checked.resolve);
  };
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    crypto.subtle.verify = verify;
    for (const socket of server.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const called = Promise.withResolvers<void>();
  server.once("connection", (socket: WebSocket) => {
    // The next connection is opened and sends nothing.
    server.once("connection", () => called.resolve());
    const nodeNonce = "A".repeat(22);
    socket.on("message", (data) => {
      const { node, nonce } = JSON.parse(String(data));
      const ids = { fromId: node.address.nodeId, nodeId: "ber" as NodeId, fromNonce: nonce, nodeNonce };
      void controlProof(KEY, "node", ids).then((proof) => {
        isHeld = true;
        const ready = { type: "ready", version: CHANNEL_VERSIONS[1], proof, node: profileOf("ber") };
        socket.send(JSON.stringify(ready));
        socket.close();
      });
    });
    const challenge = { type: "challenge", versions: CHANNEL_VERSIONS, nodeId: "ber", nonce: nodeNonce };
    socket.send(JSON.stringify(challenge));
  });
  let ups = 0;
  using link = new NodeLink({
    url: `ws://127.0.0.1:${(server.address() as { port: number }).port}`,
    nodeId: "ber" as NodeId,
    profile: profileOf("fra"),
    clusterKeys: [KEY],
    ca: undefined,
    log: logTo(() => {}),
    events: { up: () => ups++, down() {}, notice() {} },
  });
  await called.promise;
  held.resolve();
  await checked.promise;
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual([link.isUp, ups], [false, 0]);
});
