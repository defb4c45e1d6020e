import assert from "node:assert/strict";
import { SILENCE_MS } from "../edge/fleet/fleet_node.ts";
import { startTestProvider } from "../edge/identity/oidc/provider_for_tests.ts";
import { openEmptyPostgres } from "../edge/store/store_for_tests.ts";
import { startNats } from "../tools/nats.ts";
import { SilentProxy } from "../tools/silent_proxy.ts";
import { startBackbone } from "./cluster_rig.ts";
import { startTestEdge, type TestEdge } from "./edge_rig.ts";
import { IDLE, LyingNode } from "./lying_node.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

// PostgreSQL has a file of its own, silent_database_test.ts; mail servers are in edge/mail/smtp_test.ts.

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}

const hasLogged = ({ logged }: TestEdge, event: string) =>
  logged.some((line) => line.includes(`"event":"${event}"`));

/** Number of media nodes that an edge reaches. */
async function nodesUp({ origin }: TestEdge): Promise<number> {
  return (await (await fetch(`${origin}/v1/health`)).json()).mediaNodes.up;
}

for (const serving of ["server", "function"] as const) {
  Deno.test(`[N4] a media node that falls silent is noticed, and so is one that is silent from the start (${serving})`, async () => {
    await using store = await openEmptyPostgres();
    await using node = await LyingNode.start("fra", JSON.stringify(IDLE));
    await using proxy = new SilentProxy(node.url);
    proxy.hush("new");
    await using edge = await startTestEdge({
      store,
      serving,
      mediaNodes: [proxy.through(node.url)],
      nodeSilenceMs: SILENCE_MS,
    });
    await until(() => hasLogged(edge, "node.unreachable"));
    assert.match(edge.complaints.join("\n"), /"node.unreachable".*no answer in time/);
    proxy.speak();
    await until(async () => await nodesUp(edge) === 1);
    proxy.hush("all");
    await until(async () => await nodesUp(edge) === 0);
    proxy.speak();
    await until(async () => await nodesUp(edge) === 1);
    proxy.hush("all");
    // Disposing it waits for no response either.
  });
}

Deno.test("[E4] a NATS server that falls silent is lost within seconds, and what it does not deliver is read from the log", async () => {
  await using backbone = await startBackbone("nats");
  const url = backbone.env.NATS_URL!;
  await using proxy = new SilentProxy(url);
  await using edge = await startTestEdge({ store: backbone.store, env: { NATS_URL: proxy.through(url) } });
  await using store = await backbone.openStore();
  await using other = await startTestEdge({ store, env: { NATS_URL: url } });
  const anna = await new SignalClient(await createRoom(edge.origin)).join(edge.origin, "Anna");
  const ben = await new SignalClient(anna.room).join(other.origin, "Ben");
  proxy.hush("all");
  await ben.ask({ type: "chat.post", text: "past the bus" });
  await anna.until(() => anna.state.chat.at(-1)?.text === "past the bus");
  await until(() => hasLogged(edge, "bus.lost"));
  proxy.speak();
  await until(() => hasLogged(edge, "bus.back"));
  await Promise.all([anna.close(), ben.close()]);
});

Deno.test("[E4] an edge does not start with a silent or missing NATS server, and reports it", async () => {
  await using nats = await startNats();
  await using store = await openEmptyPostgres();
  await using proxy = new SilentProxy(nats.url);
  proxy.hush("all");
  const start = (url: string) => startTestEdge({ store, env: { NATS_URL: url } });
  await assert.rejects(start(proxy.through(nats.url)), /^ConfigError: NATS_URL: .*(timeout|TIMEOUT)/i);
  await assert.rejects(start("nats://127.0.0.1:9"), /^ConfigError: NATS_URL: .*refused/i);
});

for (const serving of ["server", "function"] as const) {
  Deno.test(`[U37] an edge waits at most 10 s for a silent identity provider (${serving})`, async () => {
    await using provider = await startTestProvider({ name: "Anna", email: "anna@rathaus.example" });
    await using proxy = new SilentProxy(provider.issuer);
    proxy.hush("all");
    await using store = await openEmptyPostgres();
    await using edge = await startTestEdge({
      store,
      serving,
      env: {
        PUBLIC_URL: "http://localhost",
        OIDC_ISSUER: proxy.through(provider.issuer).replace(/\/$/, ""),
        OIDC_CLIENT_ID: provider.clientId,
        OIDC_CLIENT_SECRET: provider.clientSecret,
      },
    });
    const answer = await fetch(`${edge.origin}/v1/auth/oidc/oidc`, { redirect: "manual" });
    await answer.body?.cancel();
    assert.ok(
      answer.status === 503 || answer.headers.get("location")?.includes("oidc.unreachable"),
      String(answer.status),
    );
    assert.match(edge.complaints.join("\n"), /"oidc.unreachable"/);
  });
}
