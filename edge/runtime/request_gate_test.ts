import type { Runtime } from "./runtime.ts";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Hono } from "hono";
import { Connections } from "../connections.ts";
import { FairPlaces } from "../fair_places.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "../metrics.ts";
import { RequestGate } from "./request_gate.ts";
import { listenNode, nodeRuntime } from "./serve_node.ts";

const GET = "GET /of/one HTTP/1.1\r\nHost: x\r\n\r\n";

/** A server that records its requests in order, and answers when told to. */
async function serve() {
  const asked: string[] = [];
  const said: string[] = [];
  const log = makeLog((line) => said.push(line));
  const metrics = makeMetrics();
  const runtime: Runtime = nodeRuntime();
  const app = new Hono();
  app.use(async (c, next) => {
    asked.push(runtime.peerAddress(c));
    await next();
  });
  app.get("/of/one", (c) => c.text("one"));
  app.post("/body", async (c) => c.text((await c.req.text()).toUpperCase()));
  app.post("/unread", (c) => c.text("unread"));
  app.get("/socket", (c) =>
    runtime.upgrade(c, (wire) => ({
      receive: (data) => wire.send(`heard ${String(data)}`),
      gone: () => {},
    })) ?? c.text("no socket", 400));
  const connections = new Connections({ log, shed: metrics.shed, inAll: 1_000, isProxy: () => false });
  const places = new FairPlaces(log);
  const server = await listenNode(app, {
    hostname: "127.0.0.1",
    port: 0,
    log,
    connections,
    trust: { count: 0 },
    places,
  });
  const clients: Socket[] = [];
  return {
    asked,
    shed: async (why: string) =>
      (await metrics.shed.get()).values.find(({ labels }) => labels.why === why)?.value ?? 0,
    async client(localAddress = "127.0.0.1") {
      const socket = connect({ host: "127.0.0.1", port: server.port, localAddress });
      clients.push(socket);
      let heard = "";
      socket.on("data", (data: Buffer) => heard += data.toString("latin1"));
      socket.on("error", () => {});
      await new Promise((resolve) => socket.once("connect", resolve));
      return { socket, heard: () => heard };
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await server[Symbol.asyncDispose]();
      places[Symbol.dispose]();
      assert.deepEqual(said, []);
    },
  };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("if one address sends many requests at once, few are served before another's, wherever that one is", async () => {
  await using server = await serve();
  const all: Awaited<ReturnType<typeof server.client>>[] = [];
  for (let n = 0; n < 60; n++) all.push(await server.client(n % 10 === 5 ? "127.0.0.2" : "127.0.0.1"));
  for (const [n, { socket }] of all.entries()) socket.write(n % 10 === 5 ? GET : GET.repeat(4));
  const count = 54 * 4 + 6;
  await until("all are asked", () => server.asked.length === count);
  const last = server.asked.lastIndexOf("127.0.0.2");
  assert.ok(last < count / 3, `${last} of ${count}`);
  await until(
    "all are answered",
    () => all.every(({ heard }) => /^(HTTP\/1.1 200[^]*one){1,4}$/.test(heard())),
  );
});

Deno.test("of thousands of waiting requests few are parsed, now or later on a connection", async () => {
  await using server = await serve();
  const POST = "POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
  for (
    const [first, text, atMost] of [["", GET, 0], [GET, GET, 1], ["", POST, 0], ["", POST + GET, 0], [
      POST,
      POST,
      1,
    ]] as const
  ) {
    server.asked.length = 0;
    const { socket, heard } = await server.client();
    if (first !== "") {
      socket.write(first);
      await until("an answer", () => /one$|unread$/.test(heard()));
    }
    socket.write(text.repeat(2_000));
    await until("the end", () => socket.destroyed);
    assert.ok(server.asked.length <= atMost, `${server.asked.length} of 2,000 ${text}`);
  }
  assert.equal(await server.shed("pipelined"), 5);
});

Deno.test("requests are parsed in pieces of any size, and answered in order", async () => {
  await using server = await serve();
  const requests = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nan\r\n\r\nother" +
    "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nthird\r\n0\r\n\r\n" +
    "POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nfourth" + GET;
  for (const size of [1, 3, 7, 40, requests.length]) {
    const { socket, heard } = await server.client();
    for (let at = 0; at < requests.length; at += size) {
      socket.write(requests.slice(at, at + size));
      if (size < 40) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await until("the last answer", () => heard().endsWith("one"));
    const bodies = heard().split(/HTTP\/1\.1 200 OK\r\n/).slice(1).map((answer) =>
      answer.split("\r\n\r\n").slice(1)
    );
    assert.deepEqual(
      bodies.map((body) => body.join("|")),
      ["AN|OTHER", "THIRD", "unread", "one"],
      `by ${size}`,
    );
  }
});

Deno.test("a large body that is read slowly is read completely, with a request behind it", async () => {
  await using server = await serve();
  const { socket, heard } = await server.client();
  const body = "ä\r\n\r\n".repeat(50_000);
  const length = Buffer.byteLength(body);
  socket.write(`POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${body}${GET}`);
  await until("the last answer", () => heard().endsWith("one"));
  assert.equal(server.asked.length, 2);
});

Deno.test("data right after a WebSocket request is its first message", async () => {
  await using server = await serve();
  const { socket, heard } = await server.client();
  const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 104, 105]);
  const request = "GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  socket.write(Buffer.concat([Buffer.from(request), frame, frame]));
  await until("messages", () => heard().split("heard hi").length === 3);
  socket.write(frame);
  await until("messages", () => heard().split("heard hi").length === 4);
});

Deno.test("[Q7] the body of a request is read when it may be answered, completely and with what follows it", async () => {
  const log = makeLog(() => {});
  using gate = new RequestGate({ log, keyOf: () => "", shed: () => assert.fail("too many") });
  const begun: IncomingMessage[] = [];
  const read = new Map<IncomingMessage, number>();
  const server = createServer((request, response) => {
    gate.began(request);
    begun.push(request);
    response.once("close", () => gate.ended(request));
    read.set(request, 0);
    request.on("data", (bytes: Buffer) => read.set(request, read.get(request)! + bytes.length));
    request.on("end", () => response.end(String(read.get(request))));
  });
  server.on("connection", (socket) => gate.guard(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  let heard = "";
  client.on("data", (data: Buffer) => heard += data.toString("latin1"));
  for (const [at, length] of [3, 200_000, 0].entries()) {
    client.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${"x".repeat(length)}`);
    if (at === 1) client.write(GET);
    await until("the request", () => begun.length > (at === 2 ? 3 : at));
    const request = begun.at(-1)!;
    // Everything that can be read meanwhile has been read.
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(read.get(request), 0, "its body has been read");
    assert.equal(request.complete, length === 0);
    gate.admitted(request);
    await until(
      "its answer",
      () => heard.endsWith(`\r\n\r\n${length}`) || heard.includes(`\r\n\r\n${length}HTTP`),
    );
    if (at === 1) {
      await until("what is behind it", () => begun.length === 3);
      gate.admitted(begun[2]!);
      await until("its answer", () => heard.endsWith("\r\n\r\n0"));
    }
  }
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});
