import assert from "node:assert/strict";
import { startPostgres } from "../tools/postgres.ts";
import { withDurableCommits } from "./cluster_rig.ts";
import { EdgeProcess } from "./edge_process.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

Deno.test("the database crashes while participants chat", async (t) => {
  await using server = await startPostgres();
  const env = { DATABASE_URL: withDurableCommits(await server.createDatabase()) };
  await using first = await EdgeProcess.start(env);
  await using second = await EdgeProcess.start(env);
  const room = await createRoom(first.origin);
  const anna = await new SignalClient(room).join(first.origin, "Anna");
  const ben = await new SignalClient(room).join(second.origin, "Ben");
  const said: string[] = [];
  const say = async (client: SignalClient, text: string) => {
    const answer = await client.ask({ type: "chat.post", text });
    if (answer.type === "chat.posted" || answer.type === "done") said.push(text);
    return answer;
  };

  await t.step("pending commands are answered once it is back, by edges that kept running", async () => {
    for (let round = 0; round < 3; round++) {
      const talking = Promise.all([anna, ben].map(async (client, index) => {
        for (let n = 0; n < 15; n++) await say(client, `${index} says ${round} ${n}`);
      }));
      await server.stop("immediate");
      await server.restart();
      await talking;
    }
    assert.equal(said.length, 90, "a crash of a second refuses nobody");
    assert.deepEqual([first.isRunning, second.isRunning], [true, true], first.complaints.join("\n"));
  });

  await t.step("while it is away for long, commands are refused by name and health reports it", async () => {
    await server.stop("immediate");
    const answer = await say(anna, "into the void");
    assert.equal(answer.type === "refused" && answer.code, "store.unavailable");
    const health = await fetch(`${first.origin}/v1/health`);
    assert.deepEqual([health.status, (await health.json()).status], [503, "down"]);
    await server.restart();
    assert.equal((await say(anna, "out of the void")).type, "chat.posted");
  });

  await t.step("nothing acknowledged is missing, nothing is duplicated", async () => {
    await ben.until(() => ben.state.chat.at(-1)?.text === "out of the void");
    const texts = ben.state.chat.map(({ text }) => text);
    assert.equal(new Set(texts).size, texts.length);
    assert.deepEqual(said.filter((text) => !texts.includes(text)), []);
    assert.deepEqual(anna.state.chat, ben.state.chat);
  });
  await Promise.all([anna.close(), ben.close()]);
});
