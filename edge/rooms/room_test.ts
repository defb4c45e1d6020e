import assert from "node:assert/strict";
import {
  type CommandId,
  type EdgeId,
  EMPTY_STATE,
  type Event,
  evolve,
  newCommandId,
  type ParticipantId,
  type PersonId,
  PROTOCOL_VERSION,
  type Reader,
  type RoomId,
  type TrackId,
} from "@tafelrunde/protocol";
import { onBehalfOf } from "../asker.ts";
import { makeLocalBus } from "../bus/local.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "../metrics.ts";
import { insertRoom } from "../store/room.ts";
import { appendEvents, readEvents } from "../store/room_log.ts";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { FanOut } from "./fan_out.ts";
import { INBOX_LIMIT, LEADING_PLACES, LESSENING_PLACES } from "./inbox.ts";
import type { EventFrame } from "./event_frame.ts";
import { type CommandOutcome, Room } from "./room.ts";

const ANNA = "anna".padEnd(26, "a") as ParticipantId;
const BEN = "ben".padEnd(26, "b") as ParticipantId;
const CEM = "cem".padEnd(26, "c") as ParticipantId;
const log = makeLog(() => {});

let made = 0;
async function newRoom(db: Db): Promise<RoomId> {
  const id = `room-test-${String.fromCharCode(97 + made++ % 26)}aaa` as RoomId;
  await insertRoom(db, { id, linkHash: "" }, "", Date.now());
  return id;
}

async function load(
  db: Db,
  id: RoomId,
  { edge = "e", metrics = makeMetrics(), fanOut = new FanOut({ log }) } = {},
): Promise<Room> {
  const context = {
    db,
    bus: makeLocalBus(),
    edgeId: edge.repeat(16) as EdgeId,
    log,
    metrics,
    now: Date.now,
    fanOut,
    clusterVersion: () => PROTOCOL_VERSION,
  };
  return (await Room.load(id, context, () => assert.fail("a fault")))!;
}

const join = (room: Room, who: ParticipantId, name = "A") =>
  room.submit(
    { type: "participant.join", name, role: "guest", isGuest: true, persons: [who.slice(0, 16) as PersonId] },
    who,
    newCommandId(),
  );

/** A reader who neither joined nor changed roles in the missed events. */
const reader: Reader = {
  participantId: ANNA,
  person: ANNA.slice(0, 16) as PersonId,
  moderates: false,
  space: null,
};

testOnStores("a room", async ({ store: { db }, again }, t) => {
  await t.step(
    "[X4] a listener that throws ends alone: the others get the event, and the room goes on",
    async () => {
      const room = await load(db, await newRoom(db));
      const told: string[] = [];
      let ended = 0;
      const fail = () => {
        throw new RangeError("The message must not be greater than 123 bytes");
      };
      const bad = { onEvent: fail, onMoment: fail, fault: () => void ended++ };
      room.listen(bad);
      room.listen({
        onEvent: ({ event }) => void told.push(event.type),
        onMoment: () => void told.push("moment"),
      });
      await join(room, ANNA);
      room.show({ type: "reaction", participantId: ANNA, reaction: "👍" }, ANNA);
      room.unlisten(bad);
      assert.deepEqual(await room.submit({ type: "chat.post", text: "on" }, ANNA, newCommandId()), {
        stored: 3,
      });
      assert.deepEqual(told.slice(-3), ["participant.joined", "moment", "chat.posted"]);
      assert.equal(ended, told.length - 1);
    },
  );

  await t.step(
    "[L2] the event is the acknowledgement: sent to everyone after it is stored, once and in order",
    async () => {
      const room = await load(db, await newRoom(db));
      const told: Event[] = [];
      const listener = {
        onEvent({ event, frame }: EventFrame) {
          assert.deepEqual(JSON.parse(frame), event);
          told.push(event);
        },
      };
      room.listen(listener);
      await join(room, ANNA);
      const id = newCommandId();
      const outcome = await room.submit({ type: "chat.post", text: "hello" }, ANNA, id);
      assert.deepEqual(outcome, { stored: 3 });
      assert.deepEqual(told.map(({ seq, type, cause }) => [seq, type, seq === 3 ? cause : null]), [
        [2, "participant.joined", null],
        [3, "chat.posted", id],
      ]);
      assert.deepEqual(await readEvents(db, room.id, 1), told);
    },
  );

  await t.step(
    "[L5] commands that arrive one by one within one turn of the event loop are stored together",
    async () => {
      const metrics = makeMetrics();
      const room = await load(db, await newRoom(db), { metrics });
      await join(room, ANNA);
      const statements = async () =>
        (await metrics.commitSeconds.get()).values.find(({ metricName }) => metricName?.endsWith("_count"))
          ?.value ?? 0;
      const before = await statements();
      const post = () => room.submit({ type: "chat.post", text: "hello" }, ANNA, newCommandId());
      await Promise.all(
        Array.from(
          { length: 60 },
          () => new Promise((resolve) => setImmediate(() => resolve(post()))),
        ),
      );
      assert.equal(room.state.chat.length, 60);
      const made = await statements() - before;
      assert.ok(made >= 1 && made <= 6, `${made} statements`);
    },
  );

  await t.step(
    "[L10] other messages are processed between the events of a large broadcast, which is charged to its sender",
    async () => {
      const charged = new Map<string, number>();
      const charge = (address: string, ms: number) =>
        void charged.set(address, (charged.get(address) ?? 0) + ms);
      const room = await load(db, await newRoom(db), { fanOut: new FanOut({ log, charge }) });
      await join(room, ANNA);
      let turns = 0;
      let isOver = false;
      const other = () => {
        turns++;
        if (!isOver) setImmediate(other);
      };
      setImmediate(other);
      const toldIn: number[] = [];
      room.listen({
        onEvent() {
          toldIn.push(turns);
          // As long as two thousand frames take.
          for (const from = performance.now(); performance.now() < from + 2;);
        },
      });
      const post = () => room.submit({ type: "chat.post", text: "hello" }, ANNA, newCommandId());
      const outcomes = await onBehalfOf("198.51.100.1", () => Promise.all(Array.from({ length: 30 }, post)));
      isOver = true;
      assert.deepEqual(outcomes, Array.from({ length: 30 }, (_, n) => ({ stored: 3 + n })));
      assert.equal(new Set(toldIn).size, 30, `told in ${toldIn}`);
      assert.deepEqual([...charged.keys()], ["198.51.100.1"]);
      assert.ok(charged.get("198.51.100.1")! > 50);
      await new Promise((resolve) => setImmediate(resolve));
    },
  );

  await t.step(
    "[L5] commands that arrive together are decided one after another and stored together",
    async () => {
      const room = await load(db, await newRoom(db));
      const outcomes = await Promise.all([
        join(room, ANNA),
        room.submit({ type: "hand.raise", raised: true }, ANNA, newCommandId()),
        room.submit({ type: "hand.raise", raised: true }, ANNA, newCommandId()),
        room.submit({ type: "chat.post", text: " " }, ANNA, newCommandId()),
        room.submit({ type: "chat.post", text: "x" }, BEN, newCommandId()),
      ]);
      assert.deepEqual(outcomes, [{ stored: 2 }, { stored: 3 }, "done", { refused: "chat.empty" }, {
        refused: "participant.notJoined",
      }]);
    },
  );

  await t.step(
    "[Q9] a room with a full queue accepts commands that remove something, and all of moderators and the system",
    async () => {
      const id = await newRoom(db);
      const room = await load(db, id);
      const persons = (who: ParticipantId) => [who.slice(0, 16) as PersonId];
      await room.submit(
        { type: "participant.join", name: "A", role: "moderator", isGuest: true, persons: persons(ANNA) },
        ANNA,
        newCommandId(),
      );
      await join(room, BEN, "B");
      const by = (who: ParticipantId, command: Parameters<Room["submit"]>[0]) =>
        room.submit(command, who, newCommandId());
      const fill = (who: ParticipantId, command: Parameters<Room["submit"]>[0]) =>
        Array.from({ length: INBOX_LIMIT + 10 }, () => by(who, command));
      const adding = fill(BEN, { type: "chat.post", text: "x" });
      const coming = join(room, CEM, "C");
      const stopping = by(BEN, { type: "track.unpublish", trackId: crypto.randomUUID() as TrackId });
      const lessening = fill(BEN, { type: "hand.raise", raised: false });
      const resuming = room.submit({ type: "participant.resume", participantId: BEN });
      const leaving = by(BEN, { type: "participant.leave" });
      const removing = by(ANNA, { type: "participant.remove", participantId: BEN, ban: true });
      const posting = by(ANNA, { type: "chat.post", text: "order" });
      const losing = room.submit({
        type: "participant.lose",
        participantId: BEN,
        edgeId: "e".repeat(16) as EdgeId,
      });
      const isBusy = (outcome: CommandOutcome) =>
        typeof outcome === "object" && "refused" in outcome &&
        outcome.refused === "room.busy";
      const taken = async (asked: readonly Promise<CommandOutcome>[]) =>
        (await Promise.all(asked)).filter((outcome) => !isBusy(outcome)).length;
      assert.equal(await taken(adding), INBOX_LIMIT - LESSENING_PLACES);
      assert.equal(await taken(lessening), LESSENING_PLACES - LEADING_PLACES - 1);
      const asked = { coming, stopping, resuming, leaving, removing, posting, losing };
      const outcomes = await Promise.all(Object.values(asked));
      const busy = Object.keys(asked).filter((_, index) => isBusy(outcomes[index]!));
      assert.deepEqual(busy, ["coming", "resuming", "leaving"]);
      assert.equal(room.state.participants[BEN], undefined);
    },
  );

  await t.step(
    "[L6] a repeated command has no second effect, on any edge and whatever happened since",
    async () => {
      const id = await newRoom(db);
      const room = await load(db, id);
      await join(room, ANNA);
      const raise = newCommandId();
      const ask = (to: Room) => to.submit({ type: "hand.raise", raised: true }, ANNA, raise);
      assert.deepEqual(await ask(room), { stored: 3 });
      await room.submit({ type: "hand.raise", raised: false }, ANNA, newCommandId());
      assert.equal(await ask(room), "repeated");
      assert.equal(await ask(await load(db, id)), "repeated");
      assert.deepEqual(await Promise.all([ask(room), ask(room)]), ["repeated", "repeated"]);
      assert.equal(room.state.hand[ANNA], undefined);
    },
  );

  await t.step("[L6] command ids of different participants do not collide", async () => {
    const room = await load(db, await newRoom(db));
    await join(room, ANNA);
    await join(room, BEN);
    const id = "same-id-1" as CommandId;
    const post = (who: ParticipantId) => room.submit({ type: "chat.post", text: "x" }, who, id);
    assert.deepEqual(await Promise.all([post(ANNA), post(BEN)]), [{ stored: 4 }, { stored: 5 }]);
  });

  await t.step(
    "[L6] a command refused now, but stored in an earlier try, is answered as repeated",
    async () => {
      const room = await load(db, await newRoom(db));
      const id = newCommandId();
      await join(room, ANNA);
      const leave = () => room.submit({ type: "participant.leave" }, ANNA, id);
      assert.deepEqual(await leave(), { stored: 3 });
      assert.equal(await leave(), "repeated");
    },
  );

  await t.step(
    "[E2] two edges write to one room at once: no event is lost or duplicated, and there is one order",
    async () => {
      const id = await newRoom(db);
      const rooms = [await load(db, id, { edge: "e" }), await load((await again()).db, id, { edge: "f" })];
      const people = [ANNA, BEN];
      await Promise.all(rooms.map((room, index) => join(room, people[index]!)));
      const outcomes = (await Promise.all(rooms.map(async (room, index) => {
        const posted = [];
        for (let number = 0; number < 100; number++) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          posted.push(
            room.submit({ type: "chat.post", text: `${index} ${number}` }, people[index]!, newCommandId()),
          );
        }
        return await Promise.all(posted);
      }))).flat();
      assert.ok(outcomes.every((outcome) => typeof outcome === "object" && "stored" in outcome));
      await Promise.all(rooms.map((room) => room.reach(203)));
      assert.deepEqual(rooms[0]!.state, rooms[1]!.state);
      const folded = (await readEvents(db, id, 0)).reduce(evolve, EMPTY_STATE);
      assert.deepEqual(rooms[0]!.state, folded);
      const texts = folded.chat.map((message) => message.text ?? "");
      assert.equal(new Set(texts).size, 200);
      for (const index of [0, 1]) {
        const own = texts.filter((text) => String(text).startsWith(`${index} `));
        assert.deepEqual(own, Array.from({ length: 100 }, (_, number) => `${index} ${number}`));
      }
    },
  );

  await t.step("[E3] two edges that decide a conflict: one order, the losing client is told", async () => {
    const id = await newRoom(db);
    const rooms = [await load(db, id, { edge: "e" }), await load((await again()).db, id, { edge: "f" })];
    await join(rooms[0]!, ANNA);
    const ask = (room: Room) => room.submit({ type: "hand.raise", raised: true }, ANNA, newCommandId());
    const outcomes = await Promise.all(rooms.map(ask));
    assert.equal(outcomes.filter((outcome) => outcome === "done").length, 1);
    assert.equal((await readEvents(db, id, 0)).filter((event) => event.type === "hand.raised").length, 1);
  });

  await t.step(
    "[J4] a participant who was away gets the missing frames while they are available",
    async () => {
      const room = await load(db, await newRoom(db));
      await join(room, ANNA);
      await room.submit({ type: "chat.post", text: "1" }, ANNA, newCommandId());
      await room.submit({ type: "chat.post", text: "2" }, ANNA, newCommandId());
      assert.deepEqual(room.framesSince(3, reader)?.map((frame) => JSON.parse(frame).text), ["2"]);
      assert.deepEqual(room.framesSince(4, reader), []);
      assert.equal(room.framesSince(0, reader), undefined, "the edge has not seen the first event itself");
      assert.equal(room.framesSince(9, reader), undefined, "a future that this edge does not know");
    },
  );

  await t.step("[C1] [P1] characters that the database cannot store are removed from text", async () => {
    const room = await load(db, await newRoom(db));
    assert.deepEqual(await join(room, ANNA, "An\0na\ud83d"), { stored: 2 });
    const post = (text: string) => room.submit({ type: "chat.post", text }, ANNA, newCommandId());
    assert.deepEqual(await post("NUL\0 and half a \udc00 character"), { stored: 3 });
    assert.deepEqual(await post("\0"), { refused: "chat.empty" });
    assert.equal(room.state.participants[ANNA]?.name, "Anna\ufffd");
    assert.deepEqual(room.state.chat.map(({ text }) => text), ["NUL and half a \ufffd character"]);
    assert.deepEqual((await readEvents(db, room.id, 0)).reduce(evolve, EMPTY_STATE), room.state);
  });

  await t.step(
    "[L9] a log that our code cannot fold drops the room from memory, not the process",
    async () => {
      const id = await newRoom(db);
      let faults = 0;
      const context = {
        db,
        bus: makeLocalBus(),
        edgeId: "e".repeat(16) as EdgeId,
        log,
        metrics: makeMetrics(),
        now: Date.now,
        fanOut: new FanOut({ log }),
        clusterVersion: () => PROTOCOL_VERSION,
      };
      const room = (await Room.load(id, context, () => faults++))!;
      const gap = { type: "room.created", seq: 9, at: 0, actor: null, cause: null, name: "" } as const;
      await appendEvents(db, id, [gap]);
      room.announce({ seq: 9, events: [] });
      await room.settled();
      assert.equal(faults, 1);
    },
  );
});
