import assert from "node:assert/strict";
import { openPostgres } from "../tools/postgres.ts";
import { createEmptyDatabase } from "../edge/store/template_for_tests.ts";
import { EdgeProcess } from "./edge_process.ts";
import { SilentProxy } from "../tools/silent_proxy.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Interval of polling, ms. */
const LOOK_MS = 100;

/** Polls the health until it has this status. Without a response the test fails by its timeout. */
async function healthIs(edge: EdgeProcess, status: number): Promise<Record<string, unknown>> {
  for (;;) {
    const answer = await fetch(`${edge.origin}/v1/health`);
    const body = await answer.json();
    if (answer.status === status) return body;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Creates rooms, all at once; returns the statuses and Retry-After values. */
async function makeRooms(edge: EdgeProcess, count: number) {
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const answer = await fetch(`${edge.origin}/v1/rooms`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: edge.origin },
        body: JSON.stringify({ name: "Rat" }),
      });
      await answer.body?.cancel();
      return { status: answer.status, retryAfter: answer.headers.get("retry-after") };
    }),
  );
}

for (const entry of ["edge/main.ts", "edge/deploy.ts"] as const) {
  Deno.test(`[S4] no request waits forever for a silent database connection (${entry})`, async (t) => {
    await using server = await openPostgres();
    const url = await createEmptyDatabase(server);
    await using proxy = new SilentProxy(url);
    await using edge = await EdgeProcess.start({ DATABASE_URL: proxy.through(url) }, { entry });
    await using other = await EdgeProcess.start({ DATABASE_URL: url });
    const anna = await new SignalClient(await createRoom(edge.origin)).join(edge.origin, "Anna");
    const ben = await new SignalClient(anna.room).join(other.origin, "Ben");
    const say = async (text: string) => {
      const answer = await anna.ask({ type: "chat.post", text });
      return answer.type === "refused" ? answer.code : answer.type;
    };

    await t.step(
      "open connections fall silent, new ones work: everything is answered, over new ones",
      async () => {
        // Many connections, most of them idle afterwards.
        await makeRooms(edge, 10);
        proxy.hush("open");
        const [said, rooms] = await Promise.all([say("by a new connection"), makeRooms(edge, 12)]);
        assert.equal(said, "chat.posted");
        for (const { status } of rooms) assert.ok(status === 201 || status === 503, String(status));
        for (const { status } of await makeRooms(edge, 12)) assert.equal(status, 201);
        await healthIs(edge, 200);
        await ben.until(() => ben.state.chat.at(-1)?.text === "by a new connection");
      },
    );

    await t.step("idle connections fall silent: later requests notice before they send a query", async () => {
      await makeRooms(edge, 10);
      proxy.hush("open");
      await healthIs(edge, 503);
      await healthIs(edge, 200);
      for (const { status } of await makeRooms(edge, 12)) assert.equal(status, 201);
    });

    await t.step(
      "nothing responds anymore: health reports it, and everything is refused by name",
      async () => {
        proxy.hush("all");
        const saying = say("into the void");
        assert.deepEqual((await healthIs(edge, 503)).status, "down");
        assert.equal(await saying, "store.unavailable");
        for (const { status, retryAfter } of await makeRooms(edge, 12)) {
          assert.deepEqual([status, Number(retryAfter) > 0], [503, true]);
        }
      },
    );

    await t.step(
      "it responds again: so does the edge, and no participant has left their room for good",
      async () => {
        proxy.speak();
        await healthIs(edge, 200);
        assert.equal(await say("out of the void"), "chat.posted");
        await ben.until(() => ben.state.chat.at(-1)?.text === "out of the void");
        await ben.until(() =>
          Object.values(ben.state.participants).every(({ presence }) => presence === "here")
        );
      },
    );

    await t.step("the log has one line per change, whatever failed meanwhile", () => {
      const events = edge.complaints.map((line) =>
        /store\.\w+|bus\.\w+|rooms\.\w+|fault/.exec(line)?.[0] ?? line
      );
      const count = (event: string) => events.filter((one) => one === event).length;
      assert.ok(count("store.lost") >= 1 && count("store.lost") <= 6, events.join("\n"));
      assert.ok(events.length <= 20, events.join("\n"));
    });
    await Promise.all([anna.close(), ben.close()]);
  });
}
