import assert from "node:assert/strict";
import {
  type CommandId,
  type EdgeId,
  type Event,
  type ParticipantId,
  type RoomId,
} from "@tafelrunde/protocol";
import { sql } from "kysely";
import { endLease, readLiveEdges, renewLease } from "./lease.ts";
import { lockMeetingsIn } from "./meeting.ts";
import { migrate } from "./migrate.ts";
import { openPglite, StoreInUse } from "./open.ts";
import { readPlaces } from "./placement.ts";
import { eraseIdleRooms, findForgottenRooms, findRoom, insertRoom, setRoomIdle } from "./room.ts";
import {
  appendEvents,
  commandKey,
  findCommands,
  readEvents,
  readHeads,
  readState,
  writeSnapshot,
} from "./room_log.ts";
import type { Db } from "./schema.ts";
import { testOnStores } from "./store_for_tests.ts";

const ANNA = "anna".padEnd(26, "a") as ParticipantId;
const BEN = "ben".padEnd(26, "b") as ParticipantId;
const HERE = "e".repeat(16) as EdgeId;
const AT = Date.UTC(2026, 10, 23, 8, 0, 0, 123);

let rooms = 0;
async function makeRoom(db: Db, name = ""): Promise<RoomId> {
  const id = `aaaa-bbbb-${String.fromCharCode(97 + rooms % 26, 97 + Math.floor(rooms++ / 26))}aa` as RoomId;
  await insertRoom(db, { id, linkHash: "00" }, name, AT);
  return id;
}

const joined = (seq: number, participantId: ParticipantId, cause: string | null = null) =>
  ({
    type: "participant.joined",
    seq,
    at: AT,
    actor: participantId,
    cause,
    participantId,
    name: "A",
    edgeId: HERE,
    role: "guest",
    isGuest: true,
    persons: [],
  }) as Event;

testOnStores("[L1] the log returns stored events in order", async ({ store: { db } }, t) => {
  await t.step("events and instants are the same, to the millisecond", async () => {
    const room = await makeRoom(db, "Rat");
    const events = [joined(2, ANNA, "command-1"), joined(3, BEN)];
    assert.equal(await appendEvents(db, room, events), "stored");
    assert.deepEqual(await readEvents(db, room, 0), [
      { type: "room.created", seq: 1, at: AT, actor: null, cause: null, name: "Rat" },
      ...events,
    ]);
    assert.deepEqual(await readHeads(db, [room]), new Map([[room, { seq: 3, version: 1, loggedBytes: 0 }]]));
  });
  await t.step("more rooms than a statement has parameters can be queried at once", async () => {
    const room = await makeRoom(db);
    const rooms = [...Array.from({ length: 70_000 }, (_, n) => `none-${n}` as RoomId), room];
    assert.deepEqual([...(await readHeads(db, rooms)).keys()], [room]);
    assert.deepEqual([...(await readPlaces(db, rooms)).keys()], [room]);
    assert.deepEqual(await lockMeetingsIn(db, rooms), []);
  });
  await t.step("a seq of the log is taken once, and a batch is stored completely or not at all", async () => {
    const room = await makeRoom(db);
    await appendEvents(db, room, [joined(2, ANNA)]);
    assert.equal(await appendEvents(db, room, [joined(3, BEN), joined(2, BEN)]), "conflict");
    assert.equal((await readEvents(db, room, 0)).length, 2);
  });
  await t.step("a command is stored once per actor", async () => {
    const room = await makeRoom(db);
    const id = "command-1" as CommandId;
    assert.equal(await appendEvents(db, room, [joined(2, ANNA, id)]), "stored");
    assert.equal(await appendEvents(db, room, [joined(3, ANNA, id)]), "conflict");
    assert.equal(await appendEvents(db, room, [joined(3, BEN, id)]), "stored");
    assert.deepEqual(await findCommands(db, room, [{ actor: ANNA, id }]), new Set([commandKey(ANNA, id)]));
  });
  await t.step("a state read through a snapshot is the state read from the log", async () => {
    const room = await makeRoom(db, "Rat");
    await appendEvents(db, room, [joined(2, ANNA)]);
    const halfway = await readState(db, room);
    await writeSnapshot(db, room, halfway!);
    await appendEvents(db, room, [joined(3, BEN)]);
    const state = await readState(db, room);
    await sql`delete from room_snapshot`.execute(db);
    assert.deepEqual(state, await readState(db, room));
    assert.equal(state!.seq, 3);
  });
  await t.step("a snapshot never replaces a newer one", async () => {
    const room = await makeRoom(db);
    const old = await readState(db, room);
    await appendEvents(db, room, [joined(2, ANNA)]);
    await writeSnapshot(db, room, (await readState(db, room))!);
    await writeSnapshot(db, room, old!);
    const kept = await db.selectFrom("room_snapshot").select("seq").where("room_id", "=", room)
      .executeTakeFirstOrThrow();
    assert.equal(kept.seq, 2);
  });
  await t.step("a room that was never created has no state", async () => {
    assert.equal(await readState(db, "zzzz-zzzz-zzzz" as RoomId), undefined);
    assert.equal(await findRoom(db, "zzzz-zzzz-zzzz" as RoomId), undefined);
  });
});

testOnStores("[L7] the retention of personal data", async ({ store: { db } }, t) => {
  await t.step(
    "a room idle for longer keeps only its name and its last seq",
    async () => {
      const room = await makeRoom(db, "Rat");
      await appendEvents(db, room, [joined(2, ANNA), joined(3, BEN)]);
      await writeSnapshot(db, room, (await readState(db, room))!);
      await setRoomIdle(db, room, AT);
      await eraseIdleRooms(db, AT + 1);
      const state = await readState(db, room);
      assert.deepEqual([state!.seq, state!.room.name, state!.room.createdAt, state!.participants], [
        4,
        "Rat",
        AT,
        {},
      ]);
      const { rows } = await sql`select * from room_event where room_id = ${room}`.execute(db);
      assert.doesNotMatch(JSON.stringify(rows), /anna/);
      assert.equal(await appendEvents(db, room, [joined(5, ANNA)]), "stored");
    },
  );
  await t.step("a room in use, or idle for less, is left alone", async () => {
    const room = await makeRoom(db);
    await appendEvents(db, room, [joined(2, ANNA)]);
    await setRoomIdle(db, room, AT);
    await eraseIdleRooms(db, AT);
    await setRoomIdle(db, room, null);
    await eraseIdleRooms(db, AT + 1e9);
    assert.equal((await readState(db, room))!.seq, 2);
  });
});

testOnStores("[L7] rooms whose edges have died are found", async ({ store: { db } }) => {
  const room = await makeRoom(db);
  await setRoomIdle(db, room, null);
  await appendEvents(db, room, [joined(2, ANNA)]);
  assert.deepEqual(await findForgottenRooms(db, AT), []);
  assert.deepEqual(await findForgottenRooms(db, AT + 1), [room]);
  await setRoomIdle(db, room, AT);
  assert.deepEqual(await findForgottenRooms(db, AT + 1), []);
});

testOnStores("[E1] an edge is alive while it renews its lease", async ({ store }) => {
  // In a transaction the database's clock stands still: no lease expires, however long the test takes.
  await store.db.transaction().execute(async (db) => {
    await renewLease(db, HERE);
    await renewLease(db, HERE);
    assert.ok((await readLiveEdges(db)).has(HERE));
    await sql`update edge set seen_at = now() - interval '6 seconds'`.execute(db);
    assert.ok(!(await readLiveEdges(db)).has(HERE));
    await renewLease(db, HERE);
    await endLease(db, HERE);
    assert.ok(!(await readLiveEdges(db)).has(HERE));
  });
});

testOnStores(
  "[S1] migrating twice, or from two edges at once, changes nothing",
  async ({ store, again }) => {
    await Promise.all([migrate(store.db), migrate((await again()).db)]);
    const { rows } = await sql<
      { count: number }
    >`select (select count(*) from migration)::int + (select count(*) from migration_added)::int as count`
      .execute(
        store.db,
      );
    assert.equal(
      rows[0]!.count,
      [...Deno.readDirSync(new URL("../../sql/", import.meta.url))].filter((e) => /^\d{4}_/.test(e.name))
        .length,
    );
  },
);

Deno.test("[S2] creating a PGlite starts again after an interruption", async () => {
  const directory = `${await Deno.makeTempDir()}/db`;
  await Deno.mkdir(`${directory}.draft`);
  await Deno.writeTextFile(`${directory}.draft/PG_VERSION`, "17\n");
  await using store = await openPglite(directory);
  const room = await makeRoom(store.db, "made");
  assert.equal((await readState(store.db, room))!.room.name, "made");
});

Deno.test("[S2] a PGlite directory has one user at a time, and keeps its data", async () => {
  const directory = `${await Deno.makeTempDir()}/db`;
  const room = await (async () => {
    await using store = await openPglite(directory);
    await assert.rejects(openPglite(directory), StoreInUse);
    return await makeRoom(store.db, "kept");
  })();
  await using store = await openPglite(directory);
  assert.equal((await readState(store.db, room))!.room.name, "kept");
});
