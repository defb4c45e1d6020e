import assert from "node:assert/strict";
import { CLOSE, type EdgeId } from "@tafelrunde/protocol";
import { agreedVersion, CHANNEL_VERSIONS, controlProof } from "@tafelrunde/protocol/media";
import { type WebSocket, WebSocketServer } from "ws";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { connectToNode } from "./connection.ts";

const KEY = "a key of tests that is long enough for a cluster";

/** Delay of the process at each check of the connection, ms. */
const LATE_MS = 450;

/** Longer than the interval of checks, ms. */
const LOOK_MS = 210;

/** Within this many checks a connection without an answer is given up, however long they take. */
const MOST_TIMES = 30;

Deno.test("a process that is always late still gives up a node that never answers", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const { now } = performance;
  let lateMs = 0;
  performance.now = () => now.call(performance) + lateMs;
  using _clock = { [Symbol.dispose]: () => void (performance.now = now) };
  await using _connection = connectToNode(`ws://127.0.0.1:${listener.addr.port}`, {
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
    lateMs += LATE_MS;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  assert.ok(isGivenUp);
  await reading;
});

Deno.test("a connection that closed while its proof was checked, and was replaced, brings no node up", async () => {
  const [held, checked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isHeld = false;
  const { sign, verify } = crypto.subtle;
  const waiting = <Args extends unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
    async function (this: SubtleCrypto, ...args: Args): Promise<Result> {
      if (!isHeld) return await act.apply(this, args);
      await held.promise;
      return await act.apply(this, args).finally(checked.resolve);
    };
  Object.assign(crypto.subtle, { sign: waiting(sign), verify: waiting(verify) });
  using _crypto = { [Symbol.dispose]: () => void Object.assign(crypto.subtle, { sign, verify }) };
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  const called = Promise.withResolvers<void>();
  const address = {
    nodeId: "fra",
    region: "fra",
    jurisdiction: "de",
    publicUrl: null,
    privateUrl: null,
    network: null,
  };
  const node = {
    address,
    runId: "a".repeat(16),
    operator: "",
    probeUrl: null,
    capacity: { peers: 10, workers: 1, bandwidthBps: 0 },
  };
  server.once("connection", (socket: WebSocket) => {
    // The next connection is opened, and stays silent.
    server.once("connection", () => called.resolve());
    const nodeNonce = "A".repeat(22);
    socket.on("message", async (data: unknown) => {
      const { edgeId, nonce } = JSON.parse(String(data));
      const ids = { fromId: edgeId, nodeId: "fra", fromNonce: nonce, nodeNonce };
      const proof = await controlProof(KEY, "node", ids as never);
      isHeld = true;
      socket.send(JSON.stringify({ type: "ready", version: CHANNEL_VERSIONS[1], proof, node }));
      socket.close();
    });
    socket.send(
      JSON.stringify({ type: "challenge", versions: CHANNEL_VERSIONS, nodeId: "fra", nonce: nodeNonce }),
    );
  });
  const logged: string[] = [];
  {
    await using connection = connectToNode(
      `ws://127.0.0.1:${(server.address() as { port: number }).port}`,
      {
        clusterKeys: [KEY],
        edgeId: "a".repeat(16) as EdgeId,
        log: makeLog((line) => void logged.push(line)),
        events: { meets: () => true, notice() {}, proved() {}, up() {}, down() {}, refused() {} },
      },
    );
    await called.promise;
    held.resolve();
    await checked.promise;
    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(connection.isUp, false);
  }
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
  assert.deepEqual(logged.filter((line) => /node\.up|fault/.test(line)), []);
});

Deno.test("[V4] both sides use the newest version that both speak", () => {
  assert.equal(agreedVersion([1, 3], [2, 5]), 3);
  assert.equal(agreedVersion([2, 5], [1, 3]), 3);
  assert.equal(agreedVersion([1, 2], [3, 4]), undefined);
});

Deno.test("[V4] a node that speaks none of our versions is disconnected with a name, and logged", async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  const closed = new Promise<number>((resolve) =>
    server.once("connection", (socket) => {
      socket.once("close", resolve);
      const versions = [CHANNEL_VERSIONS[1] + 1, CHANNEL_VERSIONS[1] + 2];
      socket.send(JSON.stringify({ type: "challenge", versions, nodeId: "fra", nonce: "A".repeat(22) }));
    })
  );
  const logged: string[] = [];
  {
    await using _connection = connectToNode(
      `ws://127.0.0.1:${(server.address() as { port: number }).port}`,
      {
        clusterKeys: ["a key of tests"],
        edgeId: "edge" as EdgeId,
        log: makeLog((line) => void logged.push(line)),
        events: { meets: () => true, notice() {}, proved() {}, up() {}, down() {}, refused() {} },
      },
    );
    assert.equal(await closed, CLOSE.version.code);
  }
  await new Promise((resolve) => server.close(resolve));
  assert.ok(logged.some((line) => line.includes('"node.version"')), logged.join("\n"));
});
