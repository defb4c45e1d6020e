import assert from "node:assert/strict";
import {
  type EdgeId,
  features,
  newCommandId,
  newSpaceId,
  type ParticipantId,
  type PersonId,
  refuse,
  type RoomId,
  SEALED_SINCE,
  SPACES_SINCE,
} from "@tafelrunde/protocol";
import type { ClientCommand } from "./decision.ts";
import { makeLocalBus } from "../bus/local.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "../metrics.ts";
import { insertRoom } from "../store/room.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { FanOut } from "./fan_out.ts";
import { Room } from "./room.ts";

const ANNA = "anna".padEnd(26, "a") as ParticipantId;

testOnStores("[V5] a room beside an older edge", async ({ store: { db } }, t) => {
  const id = "older-edge-aaaa" as RoomId;
  await insertRoom(db, { id, linkHash: "" }, "", Date.now());
  const { since } = features.hand;
  const cluster = { version: since };
  const context = {
    db,
    bus: makeLocalBus(),
    edgeId: "e".repeat(16) as EdgeId,
    log: makeLog(() => {}),
    metrics: makeMetrics(),
    now: Date.now,
    fanOut: new FanOut({ log: makeLog(() => {}) }),
    clusterVersion: () => cluster.version,
  };
  const room = (await Room.load(id, context, () => assert.fail("a fault")))!;
  const raise = (raised: boolean, commandId = newCommandId()) =>
    room.submit({ type: "hand.raise", raised }, ANNA, commandId);
  const persons = [ANNA.slice(0, 16) as PersonId];
  const stored = newCommandId();

  await t.step("with edges that know a feature, its commands are accepted", async () => {
    await room.submit(
      { type: "participant.join", name: "A", role: "owner", isGuest: false, persons },
      ANNA,
      newCommandId(),
    );
    assert.deepEqual(await raise(true, stored), { stored: 3 });
  });

  await t.step(
    "with one edge that does not, they are refused by name; core commands are accepted",
    async () => {
      cluster.version = since - 1;
      assert.deepEqual(await raise(false), refuse("feature.unavailable"));
      assert.deepEqual(
        room.preview({ type: "hand.raise", raised: false }, ANNA),
        refuse("feature.unavailable"),
      );
      assert.deepEqual(
        await room.submit({ type: "room.change", name: "Rat" }, ANNA, newCommandId()),
        { stored: 4 },
      );
      assert.deepEqual(Object.keys(room.state.hand), [ANNA]);
    },
  );

  await t.step("[L6] a command stored before is answered as stored", async () => {
    assert.equal(await raise(true, stored), "repeated");
  });

  await t.step("[Y4] sealed text is refused beside an edge that knows only texts", async () => {
    const sealed = { sealed: "AAAA", epoch: 0, sender: 0 };
    const post = (text: string | typeof sealed) =>
      room.submit({ type: "chat.post", text }, ANNA, newCommandId());
    cluster.version = SEALED_SINCE - 1;
    assert.deepEqual(await post(sealed), refuse("feature.unavailable"));
    assert.deepEqual(await post("readable"), { stored: 5 });
    cluster.version = SEALED_SINCE;
    assert.deepEqual(await post(sealed), { stored: 6 });
  });

  await t.step(
    "[G6] beside an edge that does not know spaces, only the way out of them is open",
    async () => {
      const spaceId = newSpaceId();
      const submit = (command: ClientCommand) => room.submit(command, ANNA, newCommandId());
      const open = {
        type: "space.open",
        spaces: [{ spaceId, name: { text: "Group" }, isFree: false }],
      } as const;
      const move = (to: typeof spaceId | null) =>
        submit({ type: "space.move", participantIds: [ANNA], spaceId: to });
      cluster.version = SPACES_SINCE - 1;
      assert.deepEqual(await submit({ ...open, spaces: [...open.spaces] }), refuse("feature.unavailable"));
      cluster.version = SPACES_SINCE;
      assert.deepEqual(await submit({ ...open, spaces: [...open.spaces] }), { stored: 7 });
      assert.deepEqual(await move(spaceId), { stored: 8 });
      cluster.version = SPACES_SINCE - 1;
      // The older edge would show it to everyone.
      assert.deepEqual(await submit({ type: "chat.post", text: "among us" }), refuse("feature.unavailable"));
      assert.deepEqual(await move(null), { stored: 9 });
      assert.deepEqual(await move(spaceId), refuse("feature.unavailable"));
      assert.deepEqual(await submit({ type: "space.close", spaceIds: [spaceId] }), { stored: 10 });
    },
  );

  await t.step("without it, they are accepted again", async () => {
    cluster.version = since;
    // The hand was lowered by the move.
    assert.deepEqual(await raise(true), { stored: 11 });
  });
});
