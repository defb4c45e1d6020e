import assert from "node:assert/strict";
import { CLOSE, type CloseName, type Down, PROTOCOL_VERSION, type Up } from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { readHeads } from "../edge/store/room_log.ts";
import type { Store } from "../edge/store/open.ts";
import { type ClientIdentity, createRoom, SignalClient } from "./signal_client.ts";

const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

/**
 * What every edge must do, however it is served and wherever it stores, for a client of any version that it
 * speaks.
 */
export async function signalingSteps(
  t: Deno.TestContext,
  origin: string,
  store: Store,
  version = PROTOCOL_VERSION,
): Promise<void> {
  const newClient = (room: RoomCreated, identity: ClientIdentity = {}) =>
    new SignalClient(room, { version, ...identity });
  const closesWith = async (client: SignalClient, name: CloseName) => {
    await client.until(() => client.closed !== undefined);
    assert.equal(client.closed!.code, CLOSE[name].code, client.closed!.reason);
  };

  await t.step("[J1] hello, join, talk, leave; others see it in one order", async () => {
    const room = await createRoom(origin, "Rat");
    const anna = newClient(room);
    const welcome = await anna.enter(origin);
    assert.deepEqual([welcome.lobby, welcome.joined, welcome.peer], [
      { name: "Rat", present: 0 },
      false,
      null,
    ]);
    assert.equal((await anna.ask({ type: "participant.join", name: "Anna" })).type, "done");
    const ben = await newClient(room).join(origin, "Ben");
    await ben.ask({ type: "chat.post", text: "hello" });
    await ben.ask({ type: "hand.raise", raised: true });
    await anna.until(() => Object.keys(anna.state.hand).length === 1);
    assert.deepEqual(anna.state, ben.state);
    await ben.ask({ type: "participant.leave" });
    await closesWith(ben, "normal");
    await anna.until(() => Object.keys(anna.state.participants).length === 1);
    assert.deepEqual(anna.state.hand, {});
    await anna.close();
  });

  await t.step(
    "[J2] a client that has not joined receives the number of participants, and nothing that they say",
    async () => {
      const room = await createRoom(origin);
      const visitor = newClient(room);
      await visitor.enter(origin);
      const anna = await newClient(room).join(origin, "Anna");
      await anna.ask({ type: "chat.post", text: "among us" });
      await visitor.until(() =>
        visitor.received.some((message) => message.type === "lobby" && message.lobby.present === 1)
      );
      assert.equal(
        (await visitor.ask({ type: "chat.post", text: "x" }) as { code?: string }).code,
        "participant.notJoined",
      );
      assert.doesNotMatch(JSON.stringify(visitor.received), /among us|Anna/);
      await Promise.all([visitor.close(), anna.close()]);
    },
  );

  await t.step(
    "[J3] after an interruption: the same participant, nothing lost, nothing duplicated",
    async () => {
      const room = await createRoom(origin);
      const anna = await newClient(room).join(origin, "Anna");
      const ben = await newClient(room).join(origin, "Ben");
      ben.cut();
      await anna.until(() => Object.values(anna.state.participants).some((one) => one.presence === "away"));
      await anna.ask({ type: "chat.post", text: "while you were away" });
      const welcome = await ben.enter(origin);
      assert.equal(welcome.joined, true);
      await ben.until(() => ben.state.seq === anna.state.seq);
      await anna.until(() => Object.values(anna.state.participants).every((one) => one.presence === "here"));
      assert.equal(ben.state.chat.at(-1)?.text, "while you were away");
      const seqs = ben.events.map((event) => event.seq);
      assert.equal(new Set(seqs).size, seqs.length);
      await Promise.all([anna.close(), ben.close()]);
    },
  );

  await t.step("[J5] a newer socket of the same participant takes over", async () => {
    const room = await createRoom(origin);
    const first = await newClient(room).join(origin, "Anna");
    const second = newClient(room, first);
    second.state = first.state;
    await second.enter(origin);
    await closesWith(first, "replaced");
    await second.ask({ type: "chat.post", text: "still here" });
    assert.equal(Object.values(second.state.participants)[0]?.presence, "here");
    await second.close();
  });

  await t.step("[J6] a stolen tab id is useless without the device's cookie", async () => {
    const room = await createRoom(origin);
    const anna = await newClient(room).join(origin, "Anna");
    const thief = newClient(room, { tab: anna.tab });
    const welcome = await thief.enter(origin, { since: anna.state.seq });
    assert.equal(welcome.joined, false);
    assert.equal(anna.closed, undefined);
    await Promise.all([thief.close(), anna.close()]);
  });

  await t.step("[J7] joining directly: the first request joins, the socket continues", async () => {
    const room = await createRoom(origin);
    const device = "A".repeat(22);
    const client = newClient(room, { device });
    const hello = {
      version,
      room: room.room,
      link: room.link,
      tab: client.tab,
      peer: "none",
      join: { id: ID, name: "Anna" },
    };
    const response = await fetch(`${origin}/v1/rooms/${room.room}/hello`, {
      method: "POST",
      body: JSON.stringify(hello),
      headers: { cookie: `tafelrunde=${device}`, "content-type": "application/json" },
    });
    const { welcome, snapshot } = await response.json();
    assert.deepEqual([response.status, welcome.joined, snapshot.state.seq], [200, true, 2]);
    const ben = await newClient(room).join(origin, "Ben");
    client.state = snapshot.state;
    assert.equal((await client.enter(origin)).you, welcome.you);
    await client.until(() => client.state.seq === ben.state.seq);
    assert.equal(Object.values(client.state.participants).length, 2);
    await Promise.all([client.close(), ben.close()]);
  });

  await t.step(
    "[M4] a protocol violation closes its own socket with a named code, and harms no other",
    async () => {
      const room = await createRoom(origin);
      const anna = await newClient(room).join(origin, "Anna");
      const before = anna.state.seq;
      const faults: [CloseName, string | Uint8Array][] = [
        ["malformed", "not json"],
        ["malformed", "[1,2,3]"],
        ["malformed", '{"type":"no.such"}'],
        ["malformed", `{"type":"chat.post","id":"${ID}","text":7}`],
        ["malformed", `{"type":"chat.post","id":"${ID}","text":"x","room":"${room.room}"}`],
        ["malformed", `{"type":"chat.post","id":"${ID}","text":"before hello"}`],
        ["malformed", new Uint8Array([1, 2, 3])],
        ["version", helloText(room, { version: 99 })],
        ["version", helloText(room, { version: 0 })],
        ["roomUnknown", helloText(room, { link: "B".repeat(22) })],
        ["roomUnknown", helloText(room, { room: "aaaa-aaaa-aaaa" })],
        ["malformed", helloText(room, { room: "../../etc" })],
        ["tooBig", `{"type":"chat.post","id":"${ID}","text":"${"x".repeat(70_000)}"}`],
      ];
      for (const [name, frame] of faults) {
        const client = newClient(room);
        await client.connect(origin);
        client.sendText(frame);
        await closesWith(client, name);
      }
      assert.equal(
        (await readHeads(store.db, [room.room])).get(room.room)?.seq,
        before,
        "nothing was stored",
      );
      assert.equal((await anna.ask({ type: "chat.post", text: "fine" })).type, "chat.posted");
      await anna.close();
    },
  );

  await t.step("[M4] a second hello is a protocol violation", async () => {
    const room = await createRoom(origin);
    const client = newClient(room);
    await client.enter(origin);
    client.sendText(helloText(room, {}));
    await closesWith(client, "malformed");
  });

  await t.step(
    "[M5] too many messages are refused by name, with a time to wait; others continue",
    async () => {
      const room = await createRoom(origin);
      const [eager, calm] = [
        await newClient(room).join(origin, "Eager"),
        await newClient(room).join(origin, "Calm"),
      ];
      const idOf = (n: number) => `eager-${n}-command` as never;
      for (let n = 0; n < 300; n++) {
        const id = idOf(n);
        eager.send(
          n % 2 === 0 ? { type: "chat.post", id, text: String(n) } : { type: "chat.before", id, before: 9 },
        );
      }
      const isRefused = (n: number) =>
        eager.received.some((message) =>
          message.type === "refused" && message.cause === idOf(n) && message.code === "message.tooFrequent" &&
          message.retryAfterMs! > 0
        );
      await eager.until(() => isRefused(298) && isRefused(299));
      assert.equal((await calm.ask({ type: "chat.post", text: "calm" })).type, "chat.posted");
      for (let n = 0; n < 1000 && eager.closed === undefined; n++) {
        eager.send({ type: "ping", n } as Up);
        // A client that floods a closing connection loses its last message: TCP resets what it cannot send.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await closesWith(eager, "tooFrequent");
      await calm.close();
    },
  );

  await t.step(
    "[C2] 200 messages of three senders: the same order everywhere, once each, over an interruption",
    async () => {
      const room = await createRoom(origin);
      const people = await Promise.all(
        ["Anna", "Ben", "Cem"].map((name) => newClient(room).join(origin, name)),
      );
      const [anna, ben, cem] = people as [SignalClient, SignalClient, SignalClient];
      const texts = Array.from({ length: 200 }, (_, n) => `message ${n}`);
      const answers: Promise<Down>[] = [];
      for (const [n, text] of texts.entries()) {
        if (n === 100) ben.cut();
        // Ben is disconnected halfway: he sends his later messages after he is back.
        const sender = n % 3 === 1 && n >= 100 ? undefined : people[n % 3]!;
        if (sender !== undefined) answers.push(sender.ask({ type: "chat.post", text }));
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
      await ben.enter(origin);
      for (const [n, text] of texts.entries()) {
        if (n % 3 === 1 && n >= 100) {
          await ben.ask({ type: "chat.post", text });
        }
      }
      await Promise.all(answers);
      for (const person of people) await person.until(() => person.state.chat.length === 200);
      for (const person of people) assert.deepEqual(person.state.chat, anna.state.chat);
      assert.deepEqual(anna.state.chat.map((message) => message.text).sort(), texts.sort());
      await Promise.all([anna, ben, cem].map((person) => person.close()));
    },
  );
}

function helloText(room: { room: string; link: string }, part: object): string {
  return JSON.stringify({
    type: "hello",
    version: PROTOCOL_VERSION,
    room: room.room,
    link: room.link,
    tab: crypto.randomUUID(),
    peer: "none",
    ...part,
  });
}
