import assert from "node:assert/strict";
import { MAX_CHAT_TEXT, newCommandId } from "@tafelrunde/protocol";
import type { Store } from "../edge/store/open.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startBackbone } from "./cluster_rig.ts";
import { EdgeProcess } from "./edge_process.ts";
import { type Serving, startTestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

const encode = new TextEncoder();
const bytesOf = (value: unknown) => encode.encode(JSON.stringify(value)).length;

/** What the chat of a snapshot may take, and the rest of it where there are few people, bytes. */
const CHAT_BYTES = 100 * 1024;
const REST_BYTES = 8 * 1024;

/** Fills a room's log with `count` messages as long as any may be, as if they had been written in the meeting. */
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

      await t.step("a snapshot is bounded, for who joins and for who has missed a lot", async () => {
        const ben = await new SignalClient(anna.room).join(origin, "Ben");
        const [snapshot] = ben.received.filter(({ type }) => type === "snapshot");
        assert.ok(bytesOf(snapshot) <= CHAT_BYTES + REST_BYTES, `${bytesOf(snapshot)} bytes`);
        assert.ok(ben.state.chat.at(-1)!.text!.startsWith("399 "));
        ben.cut();
        const from = ben.received.length;
        ben.state = { ...ben.state, seq: 5 };
        await ben.enter(origin);
        await ben.next("snapshot", from);
        assert.ok(bytesOf(ben.received.slice(from)) <= CHAT_BYTES + 2 * REST_BYTES);
        await ben.close();
      });

      await t.step("the direct way in answers with no more", async () => {
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

      await t.step("older messages come page by page, each once, in order, to the first", async () => {
        const texts = anna.state.chat.map(({ text }) => Number.parseInt(text!));
        let before: number | null = anna.state.chat[0]!.seq;
        while (before !== null) {
          const id = newCommandId();
          const from: number = anna.received.length;
          anna.send({ type: "chat.before", id, before });
          const page = await anna.next("chat.page", from);
          assert.ok(page.cause === id && page.messages.length <= 50);
          assert.ok(bytesOf(page) <= 64 * 1024, `${bytesOf(page)} bytes`);
          texts.unshift(...page.messages.map(({ text }) => Number.parseInt(text!)));
          before = page.older;
        }
        assert.deepEqual(texts, Array.from({ length: 400 }, (_, n) => n));
      });

      await t.step("who is not in the room gets none", async () => {
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

/** How many people come, and what it may cost besides that they do not read, bytes. */
const PEOPLE = 400;
const UNREAD_COST_BYTES = 32 * 1024 * 1024;

/** Has people join a room with a full chat, each from an address of their own; the memory that it took, bytes. */
async function crowdCost(edge: EdgeProcess, store: Store, isReading: boolean): Promise<number> {
  const anna = await new SignalClient(await createRoom(edge.origin)).join(edge.origin, "Anna");
  await fillChat(store, anna, 400);
  const before = edge.residentBytes();
  const people = await Promise.all(Array.from({ length: PEOPLE }, async (_, n) => {
    const person = new SignalClient(anna.room, { address: `10.${Number(isReading)}.${n >> 8}.${n & 255}` });
    await person.connect(edge.origin);
    person.setReading(isReading);
    person.send({
      type: "hello",
      version: 3,
      room: anna.room.room,
      link: anna.room.link,
      tab: crypto.randomUUID(),
      peer: "none",
      join: { id: newCommandId(), name: `${n}` },
    } as never);
    return person;
  }));
  await anna.until(() => Object.keys(anna.state.participants).length > PEOPLE, 60_000);
  const cost = edge.residentBytes() - before;
  assert.equal((await anna.ask({ type: "hand.raise", raised: true })).type, "hand.raised");
  for (const person of [...people, anna]) person.cut();
  return cost;
}

Deno.test("answers that nobody reads cost the edge no more memory than those that are read", async () => {
  await using backbone = await startBackbone("postgres");
  await using edge = await EdgeProcess.start({ ...backbone.env, TRUST_PROXY: "1" });
  const read = await crowdCost(edge, backbone.store, true);
  const unread = await crowdCost(edge, backbone.store, false);
  console.log(`${PEOPLE} people: ${read >> 20} MiB, and ${unread >> 20} MiB more where nobody reads`);
  assert.ok(unread <= Math.max(0, read) + UNREAD_COST_BYTES, `${unread >> 20} MiB, read ${read >> 20} MiB`);
});
