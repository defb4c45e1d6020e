import assert from "node:assert/strict";
import { newCommandId } from "@tafelrunde/protocol";
import { MAX_CHAT_TEXT } from "@tafelrunde/protocol/features/chat/state";
import type { Store } from "../edge/store/open.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { Unread } from "../edge/rooms/unread.ts";
import { type Serving, startTestEdge, type TestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

const encode = new TextEncoder();
const bytesOf = (value: unknown) => encode.encode(JSON.stringify(value)).length;

/** Largest size of the chat in a snapshot, and of the rest with few participants, bytes. */
const CHAT_BYTES = 100 * 1024;
const REST_BYTES = 8 * 1024;

/** Fills a room's log with `count` messages of the largest length, as if written in the meeting. */
async function fillChat({ db }: Store, client: SignalClient, count: number): Promise<void> {
  const { seq } = client.state;
  const rows = Array.from({ length: count }, (_, n) => ({
    room_id: client.room.room,
    seq: seq + 1 + n,
    type: "chat.posted",
    body: JSON.stringify({
      participantId: client.you!,
      name: "Anna",
      text: `${n} ${"ü".repeat(MAX_CHAT_TEXT - 10)}`,
    }),
    actor_id: client.you!,
    command_id: newCommandId(),
    at: new Date(),
  }));
  for (let from = 0; from < count; from += 100) {
    await db.insertInto("room_event").values(rows.slice(from, from + 100) as never).execute();
  }
  await client.until(() => client.state.seq >= seq + count, 60_000);
}

for (const serving of ["server", "function"] as const satisfies readonly Serving[]) {
  testOnStores(
    `[C3] [C4] a small request has no large answer, edge as a ${serving}`,
    async ({ store }, t) => {
      await using edge = await startTestEdge({ store, serving });
      const { origin } = edge;
      const anna = await new SignalClient(await createRoom(origin)).join(origin, "Anna");
      await fillChat(store, anna, 400);

      await t.step(
        "a snapshot is bounded, for a client that joins and for one that has missed a lot",
        async () => {
          const ben = await new SignalClient(anna.room).join(origin, "Ben");
          const [snapshot] = ben.received.filter(({ type }) => type === "snapshot");
          assert.ok(bytesOf(snapshot) <= CHAT_BYTES + REST_BYTES, `${bytesOf(snapshot)} bytes`);
          assert.ok(String(ben.state.chat.at(-1)!.text).startsWith("399 "));
          ben.cut();
          const from = ben.received.length;
          ben.state = { ...ben.state, seq: 5 };
          await ben.enter(origin);
          await ben.next("snapshot", from);
          assert.ok(bytesOf(ben.received.slice(from)) <= CHAT_BYTES + 2 * REST_BYTES);
          await ben.close();
        },
      );

      await t.step("the response to a direct join is no larger", async () => {
        const response = await fetch(`${origin}/v1/rooms/${anna.room.room}/hello`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            version: 3,
            room: anna.room.room,
            link: anna.room.link,
            tab: crypto.randomUUID(),
            peer: "none",
            join: { id: newCommandId(), name: "Cem" },
          }),
        });
        const text = await response.text();
        assert.equal(response.status, 200, text.slice(0, 300));
        assert.ok(encode.encode(text).length <= CHAT_BYTES + REST_BYTES);
      });

      await t.step("older messages come page by page, each once, in order, up to the first", async () => {
        const texts = anna.state.chat.map(({ text }) => Number.parseInt(String(text)));
        let before: number | null = anna.state.chat[0]!.seq;
        while (before !== null) {
          const id = newCommandId();
          const from: number = anna.received.length;
          anna.send({ type: "chat.before", id, before });
          const page = await anna.next("chat.page", from);
          assert.ok(page.cause === id && page.messages.length <= 50);
          assert.ok(bytesOf(page) <= 64 * 1024, `${bytesOf(page)} bytes`);
          texts.unshift(...page.messages.map(({ text }) => Number.parseInt(String(text))));
          before = page.older;
        }
        assert.deepEqual(texts, Array.from({ length: 400 }, (_, n) => n));
      });

      await t.step("a client that is not in the room gets none", async () => {
        const dora = new SignalClient(anna.room);
        await dora.enter(origin);
        dora.send({ type: "chat.before", id: newCommandId(), before: 1_000 });
        dora.send({ type: "ping", n: 1 });
        await dora.next("pong", 0);
        dora.send({ type: "participant.leave", id: newCommandId() } as never);
        await dora.until(() => dora.received.some(({ type }) => type === "refused" || type === "done"));
        assert.ok(!dora.received.some(({ type }) => type === "chat.page" || type === "snapshot"));
        await dora.close();
      });
      await anna.close();
    },
  );
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Limits of unread data per address and in total, bytes: each client that reads nothing can have up to 1 MiB,
 * and is closed beyond it, so there are more clients than needed.
 */
const BOUNDS = { perAddress: 2 * 1024 * 1024, inAll: 5 * 1024 * 1024 };
const NEARLY_ALL = 4.8 * 1024 * 1024;
const PEOPLE = 16;

/** Largest amount in transit to Anna, who reads, bytes. */
const OWN_BYTES = 256 * 1024;

/** How long data queued for a client can be kept after its connection has closed, ms. */
const LET_GO_MS = 20_000;

/** Most pages of chat that each client requests: the system's buffers hold the first hundred. */
const MAX_ROUNDS = 400;

/**
 * Lets clients join a room and request pages of its chat without reading, until `isEnough`, and once more.
 * Returns the most that was queued for them, bytes, and the rounds.
 */
async function askUnread(
  { origin }: TestEdge,
  { store, unread, addressOf }: { store: Store; unread: Unread; addressOf: (n: number) => string },
  isEnough: (most: number, rounds: number) => boolean,
): Promise<{ most: number; rounds: number }> {
  const anna = await new SignalClient(await createRoom(origin)).join(origin, "Anna");
  await fillChat(store, anna, 20);
  const people = await Promise.all(Array.from({ length: PEOPLE }, async (_, n) => {
    const person = await new SignalClient(anna.room, { address: addressOf(n) }).join(origin, `${n}`);
    person.setReading(false);
    return person;
  }));
  let [most, rounds] = [0, 0];
  for (let isOver = false; !isOver; rounds++) {
    isOver = isEnough(most, rounds);
    const [id, from] = [newCommandId(), anna.received.length];
    for (const person of [...people, anna]) {
      person.send({ type: "chat.before", id: person === anna ? id : newCommandId(), before: anna.state.seq });
    }
    const answerOf = () =>
      anna.received.slice(from).find((message) => "cause" in message && message.cause === id);
    await anna.until(() => answerOf() !== undefined);
    const answer = answerOf();
    // The others are limited like Anna.
    if (answer?.type === "refused") await pass(answer.retryAfterMs!);
    most = Math.max(most, unread.total);
  }
  for (const person of [...people, anna]) person.cut();
  const deadline = performance.now() + LET_GO_MS;
  while (unread.total > 0) {
    assert.ok(performance.now() < deadline, `${unread.total} bytes still wait for people who have gone`);
    await pass(20);
  }
  return { most, rounds };
}

for (const serving of ["server", "function"] as const satisfies readonly Serving[]) {
  testOnStores(
    `what nobody reads is bounded for one address and in all, edge as a ${serving}`,
    async ({ store }) => {
      const unread = new Unread(BOUNDS);
      // Requests must be handled at once, not according to their address's share of the edge's time.
      const use = { isHigh: false };
      await using edge = await startTestEdge({ store, serving, unread, use, env: { TRUSTED_PROXIES: "1" } });
      const isMuch = (most: number, rounds: number) => most > NEARLY_ALL || rounds === MAX_ROUNDS;
      const many = await askUnread(edge, { store, unread, addressOf: (n) => `10.0.0.${n}` }, isMuch);
      assert.ok(many.most > NEARLY_ALL, `too little to see a bound: ${many.most} bytes`);
      assert.ok(many.most <= BOUNDS.inAll + OWN_BYTES, `${many.most} bytes in all`);
      const isHalf = (most: number) => most > BOUNDS.perAddress / 2;
      const asLong = (most: number, rounds: number) =>
        rounds === MAX_ROUNDS || rounds >= many.rounds - 1 && isHalf(most);
      const one = await askUnread(edge, { store, unread, addressOf: () => "10.1.0.1" }, asLong);
      assert.ok(one.most > BOUNDS.perAddress / 2, `too little to see a bound: ${one.most} bytes`);
      assert.ok(one.most <= BOUNDS.perAddress + OWN_BYTES, `${one.most} bytes of one address`);
    },
  );
}
