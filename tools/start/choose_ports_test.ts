import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { choosePorts } from "./choose_ports.ts";

const environment = (values: Record<string, string>) => (name: string) => values[name];

Deno.test("a requested port that is in use is refused by name", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  await assert.rejects(
    choosePorts(environment({ PORT: String(port) })),
    new RegExp(`Port ${port} \\(PORT\\) is in use`),
  );
  await assert.rejects(choosePorts(environment({ PORT: "http" })), /PORT=http is not a port/);
});

/** Listens on a port of 127.0.0.1, unless another process was faster. */
function take(port: number): Disposable | undefined {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return undefined;
    throw error;
  }
}

Deno.test("a default port that is in use is skipped", async () => {
  const free = await choosePorts(environment({ HOST: "127.0.0.1" }));
  using _taken = take(free.page);
  const next = await choosePorts(environment({ HOST: "127.0.0.1" }));
  assert.ok(next.page > free.page && next.page < 8100, `${next.page}`);
});

Deno.test("media ports are free for UDP too, one for each worker", async () => {
  const first = await choosePorts(environment({ WORKERS: "2" }));
  const socket = createSocket("udp4");
  const taken = new Promise((resolve) => {
    socket.once("listening", resolve);
    // Another process has it by now, which serves as well.
    socket.once("error", resolve);
  });
  socket.bind(first.rtc + 1);
  await taken;
  try {
    const next = await choosePorts(environment({ WORKERS: "2" }));
    assert.ok(next.rtc >= first.rtc + 100, `${next.rtc}`);
    const asked = environment({ WORKERS: "2", RTC_PORT: String(first.rtc) });
    await assert.rejects(choosePorts(asked), /RTC_PORT.* is in use/);
  } finally {
    socket.close();
  }
});

Deno.test("port 0 is a free one, chosen before the start so that it stays the same over a restart", async () => {
  const ports = await choosePorts(environment({ PORT: "0", CONTROL_PORT: "0", RTC_PORT: "0" }));
  assert.ok(ports.page > 1023 && ports.control > 1023);
  assert.equal(ports.rtc, 0);
});

Deno.test("an edge alone checks no port of a media node, neither requested nor default ones", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(taken.addr.port);
  for (const env of [{ CONTROL_PORT: port, RTC_PORT: port }, { RTC_PORT: "99999", CONTROL_PORT: "x" }]) {
    const ports = await choosePorts(environment({ PORT: "0", MEDIA_NODES: "ws://10.0.0.5:4400", ...env }));
    assert.deepEqual([ports.control, ports.rtc], [0, 0]);
  }
});
