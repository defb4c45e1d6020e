import { logTo } from "@tafelrunde/protocol/process/log";
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { listen, type Listener } from "./listen.ts";
import { MAX_ECHOES, MAX_PROBE_BYTES, ProbeServer, PROBING } from "./probe.ts";

let listener: Listener;
let probe: ProbeServer;
before(async () => {
  listener = await listen({
    host: "127.0.0.1",
    port: 0,
    certificate: undefined,
    newcomers: PROBING,
    log: logTo(() => {}),
  });
  probe = new ProbeServer(listener, logTo(() => {}));
});
after(() => {
  probe[Symbol.dispose]();
  listener[Symbol.dispose]();
});

async function connect(path = "/probe"): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${listener.port}${path}`, {
    origin: "https://elsewhere.example",
  });
  await once(socket, "open");
  return socket;
}

test("[N6] a probe echoes messages up to the allowed number", async () => {
  const socket = await connect();
  const closed = once(socket, "close");
  for (let n = 0; n < MAX_ECHOES; n++) {
    const echoed = once(socket, "message");
    socket.send(String(n));
    assert.equal(String((await echoed)[0]), String(n));
  }
  assert.equal((await closed)[0], 1000);
});

test("[N6] a message that is too large closes the connection", async () => {
  const socket = await connect();
  socket.send("x".repeat(MAX_PROBE_BYTES + 1));
  assert.equal((await once(socket, "close"))[0], 1009);
});

test("[N6] a probe answers nothing else", async () => {
  await assert.rejects(connect("/"));
  assert.equal((await fetch(`http://127.0.0.1:${listener.port}/probe`)).status, 426);
});
