import assert from "node:assert/strict";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { type Serving, startTestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Participants and waiting clients, and messages: more at once than the room's budget of writes. */
const PEOPLE = 40;
const STRANGERS = 20;
const MESSAGES = 100;

testOnStores(
  "[L2] [L10] more messages than a room's budget of writes reach everyone, each once, in order, with the sender's responses after them",
  async ({ again }, t) => {
    for (const serving of ["server", "function"] satisfies Serving[]) {
      await t.step(serving, async () => {
        await using edge = await startTestEdge({ store: await again(), serving });
        const { origin } = edge;
        const room = await createRoom(origin, "Rat");
        const anna = await new SignalClient(room).join(origin, "Anna");
        const strangers = await Promise.all(Array.from({ length: STRANGERS }, async () => {
          const stranger = new SignalClient(room);
          await stranger.enter(origin);
          return stranger;
        }));
        const people = await Promise.all(
          Array.from({ length: PEOPLE }, (_, n) => new SignalClient(room).join(origin, `Person ${n}`)),
        );
        const from = anna.received.length;
        const texts = Array.from({ length: MESSAGES }, (_, n) => `message ${n}`);
        const answers = await Promise.all(texts.map((text) => anna.ask({ type: "chat.post", text })));
        assert.ok(answers.every(({ type }) => type === "chat.posted"));
        // A command that changes nothing is answered after the earlier messages.
        const done = await anna.ask({ type: "hand.raise", raised: false });
        assert.equal(done.type, "done");
        const told = anna.received.slice(from).filter(({ type }) =>
          type === "chat.posted" || type === "done"
        );
        assert.deepEqual(told.map(({ type }) => type), [...texts.map(() => "chat.posted"), "done"]);
        for (const person of [anna, ...people]) {
          await person.until(() => person.state.seq >= anna.state.seq);
          const heard = person.events.flatMap((event) => event.type === "chat.posted" ? [event.text] : []);
          assert.deepEqual(heard, texts);
        }

        await Promise.all(people.map((person) => person.ask({ type: "participant.leave" })));
        for (const stranger of strangers) {
          const lobbies = () =>
            stranger.received.flatMap((message) => message.type === "lobby" ? [message] : []);
          await stranger.until(() => lobbies().at(-1)?.lobby.present === 1);
          const types = new Set(stranger.received.map(({ type }) => type));
          assert.deepEqual([...types].filter((type) => type !== "pong").sort(), ["lobby", "welcome"]);
        }
        for (const client of [anna, ...strangers]) client.cut();
        assert.deepEqual(edge.complaints, []);
      });
    }
  },
);
