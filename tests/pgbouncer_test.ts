import assert from "node:assert/strict";
import { createEmptyDatabase } from "../edge/store/template_for_tests.ts";
import { startNats } from "../tools/nats.ts";
import { startPgBouncer } from "../tools/pgbouncer.ts";
import { openPostgres } from "../tools/postgres.ts";
import { EdgeProcess } from "./edge_process.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Two edges with `env`, and two participants who chat over them, each receiving the other's messages. */
async function talkOverTwoEdges(
  env: Readonly<Record<string, string>>,
  entry: "edge/main.ts" | "edge/deploy.ts",
) {
  await using first = await EdgeProcess.start(env, { entry });
  await using second = await EdgeProcess.start(env, { entry });
  const anna = await new SignalClient(await createRoom(first.origin)).join(first.origin, "Anna");
  const ben = await new SignalClient(anna.room).join(second.origin, "Ben");
  for (let round = 0; round < 10; round++) {
    const [one, other] = await Promise.all([
      anna.ask({ type: "chat.post", text: `anna ${round}` }),
      ben.ask({ type: "chat.post", text: `ben ${round}` }),
    ]);
    assert.deepEqual([one.type, other.type], ["chat.posted", "chat.posted"]);
  }
  for (const client of [anna, ben]) await client.until(() => client.state.chat.length === 20);
  assert.deepEqual(anna.state.chat, ben.state.chat);
  const health = await fetch(`${first.origin}/v1/health`);
  assert.equal(health.status, 200);
  await health.body?.cancel();
  await Promise.all([anna.close(), ben.close()]);
  assert.deepEqual([...first.complaints, ...second.complaints], []);
}

for (const entry of ["edge/main.ts", "edge/deploy.ts"] as const) {
  Deno.test(`[S8] edges work behind PgBouncer in session mode (${entry})`, async () => {
    await using server = await openPostgres();
    await using bouncer = await startPgBouncer(await createEmptyDatabase(server), "session");
    await talkOverTwoEdges({ DATABASE_URL: bouncer.url }, entry);
  });
}

Deno.test("[S8] behind PgBouncer in transaction mode edges need NATS: without it, they report that and do not start", async (t) => {
  await using server = await openPostgres();
  await using bouncer = await startPgBouncer(await createEmptyDatabase(server), "transaction");
  await t.step("without NATS", async () => {
    await assert.rejects(
      EdgeProcess.start({ DATABASE_URL: bouncer.url }),
      /cannotStart.*LISTEN and NOTIFY do not work there.*pool_mode = session.*NATS_URL/,
    );
  });
  await t.step("with NATS", async () => {
    await using nats = await startNats();
    await talkOverTwoEdges({ DATABASE_URL: bouncer.url, NATS_URL: nats.url }, "edge/main.ts");
  });
});
