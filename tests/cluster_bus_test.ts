import assert from "node:assert/strict";
import {
  type EdgeId,
  type Event,
  MAX_PARTICIPANTS,
  type ParticipantId,
  type PersonId,
  PROTOCOL_VERSION,
} from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { quantile } from "../bench/statistics.ts";
import type { Bus } from "../edge/bus/bus.ts";
import { REPAIR_MS } from "../edge/bus/bus.ts";
import { makeLocalBus } from "../edge/bus/local.ts";
import { appendEvents, readEvents } from "../edge/store/room_log.ts";
import type { Store } from "../edge/store/open.ts";
import { BUS_KINDS, lossyBus, startBackbone } from "./cluster_rig.ts";
import { startTestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Over the bus, an event takes a few ms; by comparison with the log, half of REPAIR_MS on average. */
const PROMPT_MS = REPAIR_MS / 4;

/** What a busy machine can add to a bound, ms. */
const SLACK_MS = 1_500;

for (const kind of BUS_KINDS) {
  Deno.test(`[E2] two edges over ${kind}`, async (t) => {
    await using backbone = await startBackbone(kind);
    await using first = await startTestEdge({ env: backbone.env });
    await using second = await startTestEdge({ env: backbone.env });
    const room = await createRoom(first.origin);
    const anna = await new SignalClient(room).join(first.origin, "Anna");
    const ben = await new SignalClient(room).join(second.origin, "Ben");

    await t.step("messages at one edge arrive at the other at once", async () => {
      const delays = await sayAndHear(anna, ben, 30, (n) => `small ${n}`);
      assertPrompt(delays);
    });

    await t.step("messages too large for the bus are sent by reference, just as promptly", async () => {
      const delays = await sayAndHear(ben, anna, 10, (n) => `${n} ${"ß€".repeat(1_900)}`);
      assertPrompt(delays);
    });

    await t.step("many at once arrive in one order, once each", async () => {
      const texts = Array.from({ length: 100 }, (_, n) => `at once ${n}`);
      await Promise.all(
        texts.map((text, n) => [anna, ben][n % 2]!.ask({ type: "chat.post", text })),
      );
      const atOnce = ({ state }: SignalClient) =>
        state.chat.flatMap(({ text }) => String(text).startsWith("at once") ? [text] : []);
      for (const one of [anna, ben]) await one.until(() => atOnce(one).length === texts.length);
      assert.deepEqual(anna.state, ben.state);
      assert.deepEqual(atOnce(anna).sort(), texts.sort());
    });

    await t.step("an interrupted bus loses nothing and recovers by itself", async () => {
      const breaking = backbone.breakBus();
      const during = await sayAndHear(anna, ben, 20, (n) => `meanwhile ${n}`);
      await breaking;
      assert.ok(Math.max(...during) < REPAIR_MS + SLACK_MS, `${Math.max(...during)} ms`);
      const deadline = Date.now() + 40_000;
      for (let n = 0;; n++) {
        const delays = await sayAndHear(ben, anna, 10, (k) => `again ${n} ${k}`);
        if (quantile(delays, 0.5) < PROMPT_MS) break;
        assert.ok(Date.now() < deadline, "the bus has not come back");
      }
      assert.deepEqual(anna.state, ben.state);
    });
    await Promise.all([anna.close(), ben.close()]);
  });
}

Deno.test("[E4] events lost on the bus are read from the log within a second", async () => {
  await using backbone = await startBackbone("postgres");
  let carried = 0;
  await using bus = makeLocalBus();
  // Every third publication arrives, so that gaps are also found by later ones.
  const lossy: Bus = lossyBus(bus, () => ++carried % 3 === 0);
  await using first = await startTestEdge({ store: await backbone.openStore(), bus: lossy });
  await using second = await startTestEdge({ store: await backbone.openStore(), bus: lossy });
  const room = await createRoom(first.origin);
  const anna = await new SignalClient(room).join(first.origin, "Anna");
  const ben = await new SignalClient(room).join(second.origin, "Ben");
  const delays = await sayAndHear(anna, ben, 8, (n) => `lost or not ${n}`);
  assert.ok(Math.max(...delays) < REPAIR_MS + SLACK_MS, `${Math.max(...delays)} ms`);
  assert.deepEqual(anna.state, ben.state);
  await Promise.all([anna.close(), ben.close()]);
});

Deno.test("[E3] [P2] the last free place in a room, requested at two edges at once: one gets it, the other is refused", async () => {
  await using backbone = await startBackbone("postgres");
  await using first = await startTestEdge({ env: backbone.env });
  await using second = await startTestEdge({ env: backbone.env });
  const store = await backbone.openStore();
  for (let round = 0; round < 5; round++) {
    const room = await createRoom(first.origin);
    const people = [first, second].map(({ origin }) => ({ origin, client: new SignalClient(room) }));
    const [welcome] = await Promise.all(people.map(({ client, origin }) => client.enter(origin)));
    await fillRoom(store, room, MAX_PARTICIPANTS - 1, welcome!.edgeId);
    const answers = await Promise.all(
      people.map(({ client }) => client.ask({ type: "participant.join", name: "Last" })),
    );
    assert.deepEqual(answers.map((answer) => "code" in answer ? answer.code : answer.type).sort(), [
      "done",
      "room.full",
    ]);
    const joined = (await readEvents(store.db, room.room, 1)).filter((event) =>
      event.type === "participant.joined"
    );
    assert.equal(joined.length, MAX_PARTICIPANTS);
    await Promise.all(people.map(({ client }) => client.close()));
  }
});

Deno.test("[P1] [P3] one name used at two edges at once: names are not unique, so both join, as two participants in one order", async () => {
  await using backbone = await startBackbone("postgres");
  await using first = await startTestEdge({ env: backbone.env });
  await using second = await startTestEdge({ env: backbone.env });
  const room = await createRoom(first.origin);
  const people = [first, second].map(({ origin }) => ({ origin, client: new SignalClient(room) }));
  await Promise.all(people.map(({ client, origin }) => client.enter(origin)));
  const answers = await Promise.all(
    people.map(({ client }) => client.ask({ type: "participant.join", name: "Anna" })),
  );
  assert.deepEqual(answers.map(({ type }) => type), ["done", "done"]);
  const [one, other] = people.map(({ client }) => client) as [SignalClient, SignalClient];
  for (const client of [one, other]) {
    await client.until(() => Object.keys(client.state.participants).length === 2);
  }
  assert.deepEqual(one.state, other.state);
  assert.deepEqual(Object.values(one.state.participants).map(({ name }) => name), ["Anna", "Anna"]);
  await Promise.all([one.close(), other.close()]);
});

Deno.test("[L6] one participant with the same command at two edges: stored once, answered at both", async () => {
  await using backbone = await startBackbone("postgres");
  await using first = await startTestEdge({ env: backbone.env });
  await using second = await startTestEdge({ env: backbone.env });
  const room = await createRoom(first.origin);
  const anna = await new SignalClient(room).join(first.origin, "Anna");
  const id = crypto.randomUUID() as never;
  const post = { type: "chat.post", text: "only once" } as const;
  anna.send({ ...post, id });
  await anna.enter(second.origin, { version: PROTOCOL_VERSION });
  // The previous edge may have stored it or not: either way it is answered here, and exists once.
  const answer = await anna.ask(post, id);
  assert.ok(answer.type === "done" || answer.type === "chat.posted", answer.type);
  assert.deepEqual(anna.state.chat.map(({ text }) => text), ["only once"]);
  await anna.close();
});

/**
 * Lets one send `count` messages, one after another; returns the time of each from its acknowledgement to the
 * other, ms.
 */
async function sayAndHear(
  speaker: SignalClient,
  hearer: SignalClient,
  count: number,
  textOf: (n: number) => string,
): Promise<number[]> {
  const delays: number[] = [];
  for (let n = 0; n < count; n++) {
    const text = textOf(n).trim();
    await speaker.ask({ type: "chat.post", text });
    const begunAt = performance.now();
    await hearer.until(() => hearer.state.chat.some((message) => message.text === text));
    delays.push(performance.now() - begunAt);
  }
  return delays;
}

function assertPrompt(delays: readonly number[]): void {
  const medianMs = quantile(delays, 0.5);
  assert.ok(medianMs < PROMPT_MS, `${medianMs} ms in the middle of ${delays.map(Math.round)}`);
}

/** Adds participants to a room's log, as if they had joined at `edgeId`. */
async function fillRoom(
  { db }: Store,
  { room }: RoomCreated,
  count: number,
  edgeId: EdgeId,
): Promise<void> {
  const at = Date.now();
  const events = Array.from({ length: count }, (_, n): Event => {
    const participantId = n.toString(2).replaceAll("0", "a").replaceAll("1", "b").padStart(26, "a");
    return {
      type: "participant.joined",
      participantId: participantId as ParticipantId,
      name: `Person ${n}`,
      role: "guest",
      isGuest: true,
      persons: [participantId as PersonId],
      edgeId,
      seq: n + 2,
      at,
      actor: participantId as ParticipantId,
      cause: null,
    };
  });
  for (let from = 0; from < events.length; from += 100) {
    assert.equal(await appendEvents(db, room, events.slice(from, from + 100)), "stored");
  }
}
