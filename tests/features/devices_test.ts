import assert from "node:assert/strict";
import { newRowId, personOf, personsIn, type SpaceId } from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { makeTenant, signIn } from "../rest_client.ts";
import { SignalClient } from "../signal_client.ts";
import { type RoomOfTwo, testInRoom } from "./two_edges.ts";

interface Devices {
  /** Anna's first device, through the first edge. */
  readonly laptop: SignalClient;
  /** Her second, through the second edge. */
  readonly phone: SignalClient;
}

/** Anna, a guest, with two tabs of one browser at two edges. */
async function twoDevices({ olga, keep, edges: [first, second] }: RoomOfTwo): Promise<Devices> {
  const laptop = await keep(new SignalClient(olga.room)).join(first.origin, "Anna");
  const phone = keep(new SignalClient(olga.room, { device: laptop.device }));
  const welcome = await phone.enter(second.origin);
  assert.equal(welcome.elsewhere, 1);
  await phone.ask({ type: "participant.join", name: "Another name" });
  await phone.until(() => phone.state.seq > 0);
  return { laptop, phone };
}

/** Waits until each client has what the others have. */
async function agree(...clients: SignalClient[]): Promise<void> {
  const seq = Math.max(...clients.map(({ state }) => state.seq));
  for (const one of clients) await one.until(() => one.state.seq >= seq);
}

const codeOf = (answer: { readonly type: string; readonly code?: string }) => answer.code ?? answer.type;

const people = ({ state }: SignalClient) =>
  [...personsIn(state.participants).values()].map((devices) => [devices[0]!.name, devices.length]);

testInRoom("[J6] two devices are one person with one name; one leaves, the person stays", async (room) => {
  const { olga, ben } = room;
  const { laptop, phone } = await twoDevices(room);
  await agree(olga, ben, laptop, phone);
  for (const one of [olga, ben]) {
    assert.deepEqual(people(one), [["Olga", 1], ["Ben", 1], ["Anna", 2]]);
  }
  await phone.ask({ type: "participant.rename", participantId: phone.you!, name: "Anna B." });
  await agree(ben, phone);
  assert.deepEqual(people(ben).at(-1), ["Anna B.", 2]);
  await laptop.ask({ type: "participant.leave" });
  await ben.until(() => ben.state.participants[laptop.you!] === undefined);
  assert.deepEqual(people(ben).at(-1), ["Anna B.", 1]);
  assert.equal(codeOf(await phone.ask({ type: "chat.post", text: "still here" })), "chat.posted");
});

testInRoom(
  "[J6] [H1] a person has one hand, from whichever device; it stays up when one leaves, in its place",
  async (room) => {
    const { olga, ben } = room;
    const { laptop, phone } = await twoDevices(room);
    await laptop.ask({ type: "hand.raise", raised: true });
    await ben.ask({ type: "hand.raise", raised: true });
    await agree(laptop, phone, ben);
    assert.equal(codeOf(await phone.ask({ type: "hand.raise", raised: true })), "done");
    await laptop.ask({ type: "participant.leave" });
    await agree(olga, ben, phone);
    await ben.until(() => ben.state.participants[laptop.you!] === undefined);
    assert.deepEqual(Object.keys(ben.state.hand), [phone.you!, ben.you!]);
    await olga.ask({ type: "hand.lower", participantId: phone.you! });
    await agree(olga, ben);
    assert.deepEqual(Object.keys(ben.state.hand), [ben.you!]);
  },
);

testInRoom("[J6] [O2] [Z3] a person answers a poll once and is ready once", async (room) => {
  const { olga, ben } = room;
  const { laptop, phone } = await twoDevices(room);
  for (const names of ["named", "hidden"] as const) {
    const opened = await olga.ask({
      type: "poll.open",
      question: { text: "Lunch?" },
      options: [{ text: "Soup" }, { text: "Salad" }],
      isMultiple: false,
      results: "live",
      names,
      lastsMs: null,
    });
    const { seq: poll } = opened as { seq: number };
    await agree(olga, laptop, phone, ben);
    await laptop.ask({ type: "poll.answer", poll, options: [0] });
    await phone.ask({ type: "poll.answer", poll, options: [1] });
    await ben.until(() => ben.state.poll[poll]!.counts![1] === 1);
    assert.deepEqual([ben.state.poll[poll]!.answered, ben.state.poll[poll]!.counts], [1, [0, 1]]);
    // Both devices see the person's own answer.
    await agree(laptop, phone);
    const person = personOf(phone.state.participants[phone.you!]!);
    for (const one of [laptop, phone]) {
      assert.deepEqual(one.state.poll[poll]!.answers[person]?.options, [1]);
    }
    assert.equal(Object.keys(ben.state.poll[poll]!.answers).length, names === "named" ? 1 : 0);
  }
  await olga.ask({ type: "timer.start", lastsMs: 60_000, asksReady: true });
  await agree(olga, laptop, phone, ben);
  await laptop.ask({ type: "timer.ready", isReady: true });
  assert.equal(codeOf(await phone.ask({ type: "timer.ready", isReady: true })), "done");
  await laptop.ask({ type: "participant.leave" });
  await ben.until(() => ben.state.participants[laptop.you!] === undefined);
  assert.equal(ben.state.timer.running!.ready.length, 1, "the person is still there");
  for (const one of [olga, ben]) await one.ask({ type: "timer.ready", isReady: true });
  await phone.until(() => phone.state.timer.ended?.reason === "ready");
});

testInRoom("[J6] [P2] a second device takes no place; the lobby and the limit count people", async (room) => {
  const { olga, keep, edges: [first, second] } = room;
  const { laptop } = await twoDevices(room);
  await olga.ask({ type: "room.change", settings: { maxParticipants: 3 } });
  const third = await keep(new SignalClient(olga.room, { device: laptop.device })).join(second.origin, "");
  assert.ok(third.state.participants[third.you!]);
  const other = keep(new SignalClient(olga.room));
  const welcome = await other.enter(first.origin);
  assert.equal(welcome.lobby.present, 3);
  assert.equal(welcome.elsewhere, 0);
  assert.equal(codeOf(await other.ask({ type: "participant.join", name: "Dora" })), "room.full");
});

testInRoom("[J6] a person has at most 10 devices in a room", async ({ olga, ben, keep, edges: [first] }) => {
  const join = () => keep(new SignalClient(olga.room, { device: ben.device })).join(first.origin, "Ben");
  for (let n = 1; n < 10; n++) await join();
  const more = keep(new SignalClient(olga.room, { device: ben.device }));
  await more.enter(first.origin);
  assert.equal(
    codeOf(await more.ask({ type: "participant.join", name: "Ben" })),
    "participant.tooManyDevices",
  );
});

testInRoom("[J6] [R5] [R8] a role and a removal mean all devices, at both edges", async (room) => {
  const { olga, ben, keep, edges: [, second] } = room;
  const { laptop, phone } = await twoDevices(room);
  await olga.ask({ type: "role.set", participantId: laptop.you!, role: "presenter" });
  await agree(olga, ben);
  for (const { you } of [laptop, phone]) assert.equal(ben.state.participants[you!]!.role, "presenter");
  await olga.ask({ type: "participant.remove", participantId: phone.you!, ban: true });
  for (const one of [laptop, phone]) await one.until(() => one.closed?.code === 4403);
  await agree(olga, ben);
  assert.deepEqual(people(ben), [["Olga", 1], ["Ben", 1]]);
  const back = keep(new SignalClient(olga.room, { device: laptop.device }));
  await assert.rejects(back.enter(second.origin), /closed with 1000/);
});

testInRoom("[J17] who goes on with another device leaves with the others, which hear why", async (room) => {
  const { olga, ben, edges: [first] } = room;
  const { laptop, phone } = await twoDevices(room);
  await laptop.ask({ type: "hand.raise", raised: true });
  const third = room.keep(new SignalClient(olga.room, { device: laptop.device }));
  assert.equal((await third.enter(first.origin)).elsewhere, 2);
  await third.ask({ type: "participant.join", name: "Anna", replaces: true });
  for (const one of [laptop, phone]) await one.until(() => one.closed?.code === 4409);
  await ben.until(() => ben.state.participants[phone.you!] === undefined);
  assert.deepEqual(people(ben).at(-1), ["Anna", 1]);
  assert.deepEqual(Object.keys(ben.state.hand), [third.you!], "the hand went along");
});

testInRoom("[J6] an account on two devices is one person, and a second guest is not", async (room) => {
  const { edges: [first, second], store: { db }, keep } = room;
  const tenant = await makeTenant(db, "house");
  const anna = await signIn(db, first.origin, tenant, { name: "Anna" });
  const created = await anna.get<RoomCreated>("POST", "/v1/rooms", { name: "Council" });
  const { session } = anna;
  const laptop = await keep(new SignalClient(created, { session })).join(first.origin, "Anna");
  const phone = await keep(new SignalClient(created, { session })).join(second.origin, "Anna");
  const guest = await keep(new SignalClient(created)).join(second.origin, "Anna");
  await agree(laptop, phone, guest);
  assert.deepEqual(people(guest), [["Anna", 2], ["Anna", 1]]);
  // Nobody learns which browser it is: neither the cookie nor the tab.
  const told = JSON.stringify(guest.received);
  for (const { device, tab } of [laptop, phone]) assert.ok(!told.includes(device) && !told.includes(tab));
});

testInRoom(
  "[J6] [W1] [W3] a waiting person is admitted with all devices, and one inside does not wait",
  async (room) => {
    const { olga, keep, edges: [first, second] } = room;
    await olga.ask({ type: "room.change", settings: { waitingRoom: "everyone" } });
    const laptop = keep(new SignalClient(olga.room));
    const phone = keep(new SignalClient(olga.room, { device: laptop.device }));
    for (const [client, { origin }] of [[laptop, first], [phone, second]] as const) {
      await client.enter(origin);
      await client.ask({ type: "participant.join", name: "Anna" });
    }
    await olga.until(() => Object.keys(olga.state.waiting).length === 2);
    await olga.ask({ type: "waiting.admit", participantId: phone.you! });
    for (const one of [laptop, phone]) await one.until(() => one.state.participants[one.you!] !== undefined);
    const third = await keep(new SignalClient(olga.room, { device: laptop.device })).join(
      second.origin,
      "Anna",
    );
    assert.ok(third.state.participants[third.you!]);
  },
);

testInRoom("[J6] [J3] a device that was away comes back as the same one", async (room) => {
  const { ben, edges: [first] } = room;
  const { laptop, phone } = await twoDevices(room);
  phone.cut();
  await ben.until(() => ben.state.participants[phone.you!]?.presence === "away");
  const welcome = await phone.enter(first.origin);
  assert.deepEqual([welcome.joined, welcome.elsewhere], [true, 1]);
  await ben.until(() => ben.state.participants[phone.you!]?.presence === "here");
  assert.deepEqual(people(ben).at(-1), ["Anna", 2]);
  assert.equal(codeOf(await laptop.ask({ type: "chat.post", text: "hello" })), "chat.posted");
});

testInRoom(
  "[J6] a person is in one space, with all devices: a move means all, and a new one comes there",
  async (room) => {
    const { olga, ben, keep, edges: [first] } = room;
    const { laptop, phone } = await twoDevices(room);
    const spaceId = newRowId() as SpaceId;
    await olga.ask({ type: "space.open", spaces: [{ spaceId, name: { text: "Group 1" }, isFree: false }] });
    await laptop.ask({ type: "hand.raise", raised: true });
    await agree(olga, phone);
    await olga.ask({ type: "space.move", participantIds: [phone.you!], spaceId });
    await agree(olga, ben, laptop, phone);
    const third = await keep(new SignalClient(olga.room, { device: laptop.device })).join(
      first.origin,
      "Anna",
    );
    await agree(olga, ben, third);
    for (const { you } of [laptop, phone, third]) {
      assert.equal(
        ben.state.participants[you!]!.spaceId,
        spaceId,
      );
    }
    assert.deepEqual(Object.keys(ben.state.hand), [], "a hand is raised in one space");
  },
);
