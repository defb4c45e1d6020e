import assert from "node:assert/strict";
import { networkTools, startNetlab } from "./netlab.ts";

const isPossible = Deno.build.os === "linux" && await networkTools.check(() => {}) === undefined;

/** Number of requests: a busy machine delays single responses, but never speeds them up. */
const ASKED = 50;

/**
 * Echoes each datagram, or sends one and prints the time until the response in ms (-1: none within 500 ms).
 */
const ECHO = `
import { createSocket } from "node:dgram";
const [role, address] = process.argv.slice(1);
const socket = createSocket("udp4");
if (role === "answer") {
  socket.on("message", (bytes, { port, address }) => socket.send(bytes, port, address));
  socket.bind(7000, address, () => console.log("listening"));
} else {
  const begunAt = performance.now();
  socket.on("message", () => { console.log(performance.now() - begunAt); process.exit(); });
  socket.send("?", 7000, address);
  setTimeout(() => { console.log(-1); process.exit(); }, 500);
}`;

Deno.test({
  name: "a link delays both directions, is cut and healed, and leaves no namespace behind",
  ignore: !isPossible,
  async fn() {
    let namespace = "";
    {
      await using net = await startNetlab({ one: "10.78.0.1", two: "10.78.0.2" });
      namespace = net.namespaceOf("one");
      await net.link("one", "two", { delayMs: 40 });
      const { command, args } = net.on("one", "node", [
        "--input-type=module",
        "-e",
        ECHO,
        "answer",
        "10.78.0.1",
      ]);
      const answering = new Deno.Command(command, { args, stdout: "piped" }).spawn();
      const reader = answering.stdout.getReader();
      await reader.read();
      const ask = async () => {
        const asking = net.on("two", "node", ["--input-type=module", "-e", ECHO, "ask", "10.78.0.1"]);
        const { stdout } = await new Deno.Command(asking.command, { args: asking.args }).output();
        return Number(new TextDecoder().decode(stdout));
      };
      try {
        const answered = async (mostMs: number) => {
          for (let asked = 0; asked < ASKED; asked++) {
            const ms = await ask();
            assert.ok(ms === -1 || ms >= 80, `${ms} ms`);
            if (ms >= 0 && ms < mostMs) return true;
          }
          return false;
        };
        assert.ok(await answered(150));
        await net.cut("one", "two");
        assert.equal(await ask(), -1);
        await net.heal("one", "two");
        assert.ok(await answered(Infinity));
      } finally {
        answering.kill("SIGKILL");
        await reader.cancel();
        await answering.status;
      }
    }
    await assert.rejects(Deno.stat(`/run/netns/${namespace}`), Deno.errors.NotFound);
  },
});
