/** Pages of other sites whose name resolves to an edge: the browser considers both the same origin. */
import assert from "node:assert/strict";
import { WebSocket } from "ws";
import { STORES } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { ask } from "./raw_http.ts";

Deno.test("[A42] without PUBLIC_URL, an edge answers under addresses and under names that no one on the internet can own", async () => {
  await using opened = await STORES.pglite();
  const { store } = opened;
  for (const serving of ["server", "function"] as const) {
    await using edge = await startTestEdge({ store, serving });
    const { port } = new URL(edge.origin);
    const statusOf = async (host: string, path: string, method = "GET") => {
      const headers = { host, origin: `http://${host}`, connection: "close" };
      const { status } = await ask(`${edge.origin}${path}`, {
        method,
        headers,
        ...method === "POST" && { body: "{}" },
      });
      return status;
    };
    for (
      const foreign of [
        "evil.example",
        `evil.example:${port}`,
        "EVIL.example.",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example.",
        "xn--mlln-6qa.example",
        "7f000001.rbndr.us",
        "evil.local.example",
      ]
    ) {
      assert.equal(await statusOf(foreign, "/v1/branding"), 421, foreign);
      assert.equal(await statusOf(foreign, "/v1/rooms", "POST"), 421, foreign);
      assert.equal(await statusOf(foreign, "/"), 421, foreign);
    }
    for (
      const own of [
        `127.0.0.1:${port}`,
        "localhost",
        `meet.localhost:${port}`,
        "[::1]",
        `[fd00::7]:${port}`,
        "192.168.1.7",
        "meet",
        "meet.local",
        "edge.meet.svc.cluster.local",
        "2130706433",
      ]
    ) {
      assert.equal(await statusOf(own, "/v1/branding"), 200, own);
      assert.equal(await statusOf(own, "/v1/rooms", "POST"), 201, own);
    }
    const refused = await new Promise<number>((resolve, reject) => {
      const socket = new WebSocket(`${edge.origin.replace("http", "ws")}/v1/signal`, {
        headers: { host: "evil.example", origin: "http://evil.example" },
      });
      socket.on("open", () => resolve(101));
      socket.on(
        "unexpected-response",
        (_request: unknown, answer: { statusCode?: number }) => resolve(answer.statusCode ?? 0),
      );
      socket.on("error", reject);
    });
    assert.equal(refused, 421, serving);
    await using named = await startTestEdge({
      store,
      serving,
      env: { PUBLIC_URL: "https://meet.example.org" },
    });
    const behindProxy = await ask(`${named.origin}/v1/branding`, { headers: { host: "inner.example" } });
    assert.equal(behindProxy.status, 200);
  }
});
