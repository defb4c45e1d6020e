import assert from "node:assert/strict";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { type Serving, startTestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Another client's address, and one that sends requests continuously. */
const ELSEWHERE = "203.0.113.9";
const SHARED = "198.51.100.1";

/** Concurrent requests of that address, and clients that join from there at once. */
const AT_ONCE = 8;
const NEWCOMERS = 30;

/** Requests the page repeatedly until stopped; the stop rejects if there was any other response. */
function flood(origin: string) {
  let isOver = false;
  const loop = async () => {
    while (!isOver) {
      const response = await fetch(`${origin}/`, { headers: { "x-forwarded-for": SHARED } });
      await response.body?.cancel();
      assert.equal(response.status, 200);
    }
  };
  const loops = Promise.all(Array.from({ length: AT_ONCE }, loop));
  // Failures are reported when it is stopped.
  loops.catch(() => {});
  return {
    async stop() {
      isOver = true;
      await loops;
    },
  };
}

testOnStores(
  "[Q8] thirty behind an address that sends requests continuously join at once, and are served in order, while another client is present",
  async ({ again }, t) => {
    for (const serving of ["server", "function"] satisfies Serving[]) {
      await t.step(serving, async () => {
        await using edge = await startTestEdge({
          store: await again(),
          env: { TRUSTED_PROXIES: "1" },
          serving,
        });
        const { origin } = edge;
        const room = await createRoom(origin, "Rat");
        const anna = await new SignalClient(room, { address: ELSEWHERE }).join(origin, "Anna");
        const flooding = flood(origin);
        const people = await Promise.all(
          Array.from({ length: NEWCOMERS }, async (_, n) => {
            const person = new SignalClient(room, { address: SHARED });
            await anna.ping();
            return await person.join(origin, `Person ${n}`);
          }),
        );
        const [ben] = people;
        const texts = Array.from({ length: 10 }, (_, n) => `message ${n}`);
        const asked = Promise.all(texts.map((text) => ben!.ask({ type: "chat.post", text })));
        await anna.ask({ type: "chat.post", text: "from elsewhere" });
        assert.ok((await asked).every(({ type }) => type === "chat.posted"));
        const heard = () =>
          anna.events.flatMap((event) =>
            event.type === "chat.posted" && String(event.text).startsWith("message") ? [event.text] : []
          );
        await anna.until(() => heard().length === texts.length);
        assert.deepEqual(heard(), texts);
        await flooding.stop();
        assert.deepEqual(people.filter(({ closed }) => closed !== undefined), []);
        await Promise.all([anna, ...people].map((person) => person.close()));
        assert.deepEqual(edge.complaints, []);
      });
    }
  },
);
