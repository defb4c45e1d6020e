import assert from "node:assert/strict";
import {
  type EdgeId,
  type Event,
  evolve,
  newCommandId,
  type ParticipantId,
  type PersonId,
  PROTOCOL_VERSION,
  type RoomId,
  STATE_SHAPE,
} from "@tafelrunde/protocol";
import { makeLocalBus } from "../bus/local.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "../metrics.ts";
import { insertRoom } from "../store/room.ts";
import { appendEvents } from "../store/room_log.ts";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { FanOut } from "./fan_out.ts";
import { type EventFrame, frameFor } from "./event_frame.ts";
import { Room } from "./room.ts";
import { snapshotOf } from "./snapshot.ts";

const ANNA = "anna".padEnd(26, "a") as ParticipantId;

/** More events than a room stores between two snapshots. */
const MANY = 250;

/** An event stored by a newer release. */
const foreign = (seq: number) =>
  ({ type: "quiz.opened", seq, at: 1, actor: ANNA, cause: null, question: "Who?" }) as unknown as Event;

async function load(db: Db, id: RoomId) {
  const metrics = makeMetrics();
  const context = {
    db,
    bus: makeLocalBus(),
    edgeId: "e".repeat(16) as EdgeId,
    log: makeLog(() => {}),
    metrics,
    now: Date.now,
    fanOut: new FanOut({ log: makeLog(() => {}) }),
    clusterVersion: () => PROTOCOL_VERSION,
  };
  const room = (await Room.load(id, context, () => assert.fail("a fault")))!;
  return { room, unknown: async () => (await metrics.unknownEvents.get()).values[0]?.value };
}

testOnStores("[V3] a room that a newer release has written to", async ({ store: { db } }, t) => {
  const id = "newer-room-aaaa" as RoomId;
  await insertRoom(db, { id, linkHash: "" }, "", Date.now());
  const { room, unknown } = await load(db, id);
  const told: EventFrame[] = [];
  room.listen({ onEvent: (one) => void told.push(one) });
  const persons = [ANNA.slice(0, 16) as PersonId];
  const reader = { participantId: ANNA, person: persons[0]!, moderates: true, space: null };
  await room.submit(
    { type: "participant.join", name: "Anna", role: "guest", isGuest: true, persons },
    ANNA,
    newCommandId(),
  );

  await t.step(
    "an unknown event keeps its seq, does not change the state, and is sent to nobody",
    async () => {
      const before = room.state;
      await appendEvents(db, id, [foreign(3)]);
      await room.reach(3);
      assert.deepEqual(room.state, { ...before, seq: 3 });
      assert.equal(
        JSON.parse(frameFor(told.at(-1)!, reader)).type,
        "skipped",
      );
      assert.deepEqual(evolve(before, foreign(3)), room.state);
      assert.equal(await unknown(), 1);
    },
  );

  await t.step("later events are applied, also between unknown ones", async () => {
    assert.deepEqual(await room.submit({ type: "chat.post", text: "on" }, ANNA, newCommandId()), {
      stored: 4,
    });
    await appendEvents(db, id, [foreign(5)]);
    assert.deepEqual(await room.submit({ type: "hand.raise", raised: true }, ANNA, newCommandId()), {
      stored: 6,
    });
    const again = await load(db, id);
    assert.deepEqual(again.room.state, room.state);
    assert.equal(await again.unknown(), 2);
  });

  const snapshots = () => db.selectFrom("room_snapshot").select(["seq", "state"]).execute();
  const talk = async (to: Room) => {
    for (let n = 0; n < MANY; n++) await to.submit({ type: "chat.post", text: `${n}` }, ANNA, newCommandId());
    await to.settled();
  };

  await t.step("no snapshot is stored that would lack unknown parts", async () => {
    await talk(room);
    assert.deepEqual(await snapshots(), []);
  });

  await t.step("no client gets parts of a newer release's snapshot, and none replaces it", async () => {
    const { seq } = room.state;
    const state = JSON.stringify({ ...room.state, quiz: { secret: "who voted what" } });
    await db.insertInto("room_snapshot").values({ room_id: id, seq, shape: STATE_SHAPE, state }).execute();
    const { room: read } = await load(db, id);
    assert.deepEqual(snapshotOf(read.state, reader).state, { ...room.state });
    await talk(read);
    assert.deepEqual((await snapshots()).map((row) => row.seq), [seq]);
  });

  await t.step("a snapshot of an older release is complete: missing parts are empty", async () => {
    const { hand: _, ...older } = room.state;
    await db.updateTable("room_snapshot").set({ state: JSON.stringify(older) }).execute();
    const { room: read } = await load(db, id);
    assert.deepEqual(read.state.hand, {});
  });
});
