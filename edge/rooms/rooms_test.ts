import type { RoomContext } from "../context.ts";
import assert from "node:assert/strict";
import { type EdgeId, type ParticipantId, PROTOCOL_VERSION, type RoomId } from "@tafelrunde/protocol";
import type { KyselyPlugin } from "kysely";
import { makeLocalBus } from "../bus/local.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "../metrics.ts";
import { addressKey } from "../network_address.ts";
import { findRoom, insertRoom } from "../store/room.ts";
import { readState } from "../store/room_log.ts";
import { updateRoom } from "../store/room_record.ts";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { FanOut } from "./fan_out.ts";
import { IDLE_ROOMS, IDLE_ROOMS_OF_ADDRESS, IdleRooms } from "./idle_rooms.ts";
import { Rooms, type RoomSession } from "./rooms.ts";

/** Round trips to the database after which a call that waits for nothing is done for certain. */
const ROUND_TRIPS = 20;

/** A database whose next answer about a room's row can be delayed. */
class LateRows implements KyselyPlugin {
  #next: { readonly came: () => void; readonly freed: Promise<void> } | undefined;

  keepNext(): { readonly came: Promise<void>; readonly free: () => void } {
    const [came, freed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.#next = { came: came.resolve, freed: freed.promise };
    return { came: came.promise, free: freed.resolve };
  }

  transformQuery({ node }: Parameters<KyselyPlugin["transformQuery"]>[0]): typeof node {
    return node;
  }

  async transformResult({ result }: Parameters<KyselyPlugin["transformResult"]>[0]): Promise<typeof result> {
    const next = this.#next;
    if (next === undefined || !result.rows.some((row) => "settings" in row && "idle_since" in row)) {
      return result;
    }
    this.#next = undefined;
    next.came();
    await next.freed;
    return result;
  }
}

function makeRooms(db: Db, edge: string): Rooms<RoomSession> {
  const context: RoomContext = {
    db,
    bus: makeLocalBus(),
    edgeId: edge.repeat(16) as EdgeId,
    log: makeLog(() => {}),
    metrics: makeMetrics(),
    now: Date.now,
    fanOut: new FanOut({ log: makeLog(() => {}) }),
    clusterVersion: () => PROTOCOL_VERSION,
  };
  return new Rooms(context, { onEvent: () => {} });
}

for (const [n, where] of (["the same edge", "another edge"] as const).entries()) {
  testOnStores(
    `a room's row that is read before a change and applied after it undoes nothing (${where})`,
    async (
      { store: { db }, again },
    ) => {
      const id = `late-rows-${"ab"[n]}aaa` as RoomId;
      await insertRoom(db, { id, linkHash: "" }, "first", Date.now());
      const rows = new LateRows();
      await using slow = makeRooms(db.withPlugin(rows), "a");
      await using other = makeRooms((await again()).db, "b");
      const fast = where === "the same edge" ? slow : other;
      for (const rooms of [slow, fast]) await rooms.open(id);
      await updateRoom(db, id, undefined, { name: "second" });
      const first = rows.keepNext();
      const late = slow.refresh(id);
      await first.came;
      await updateRoom(db, id, undefined, { name: "third" });
      // On one edge, both rows have been read before either is applied, the newer one first.
      const second = fast === slow ? rows.keepNext() : undefined;
      const early = fast.refresh(id);
      for (let trip = 0; trip < ROUND_TRIPS; trip++) await findRoom(db, id);
      second?.free();
      first.free();
      await Promise.all([late, early]);
      assert.equal(slow.find(id)!.room.state.room.name, "third");
      assert.equal((await readState(db, id, () => {}))!.room.name, "third");
    },
  );
}

const HERE = addressKey("192.0.2.1");
const session: RoomSession = { replace() {}, review() {}, fault: () => assert.fail("a fault"), end() {} };

async function insertRooms(db: Db, name: string, count: number): Promise<RoomId[]> {
  const ids = Array.from(
    { length: count },
    (_, n) =>
      `${name}-${[n >> 8, n >> 4, n].map((digit) => "abcdefghijklmnop"[digit & 15]).join("")}aa` as RoomId,
  );
  for (const id of ids) await insertRoom(db, { id, linkHash: "" }, "", Date.now());
  return ids;
}

testOnStores(
  "[Q9] an address keeps a bounded number of unused rooms in memory, and drops its own for new ones",
  async ({ store: { db } }) => {
    const many = await insertRooms(db, "hold-many", IDLE_ROOMS_OF_ADDRESS + 10);
    const [others] = await insertRooms(db, "hold-other", 1);
    const [used, coming, again, ...rest] = many;
    await using rooms = makeRooms(db, "a");
    await rooms.open(others!, addressKey("198.51.100.1"));
    (await rooms.open(used!, HERE))!.sessions.set("somebody" as ParticipantId, session);
    const kept = rooms.keep(coming!);
    for (const id of [coming!, again!, ...rest.slice(0, IDLE_ROOMS_OF_ADDRESS - 3)]) {
      await rooms.open(id, HERE);
    }
    await rooms.open(again!, HERE);
    for (const id of rest.slice(IDLE_ROOMS_OF_ADDRESS - 3)) await rooms.open(id, HERE);
    const isHeld = (id: RoomId | undefined) => rooms.find(id!) !== undefined;
    assert.deepEqual([others, used, coming, again].map(isHeld), [true, true, true, true]);
    const held = rest.filter(isHeld);
    assert.equal(held.length, IDLE_ROOMS_OF_ADDRESS - 1);
    assert.deepEqual(held, rest.slice(-held.length), "the one asked for longest ago goes first");
    assert.ok(await rooms.open(rest[0]!, HERE), "and is read again");
    kept[Symbol.dispose]();
    rooms.find(used!)!.sessions.clear();
  },
);

Deno.test("[Q9] all addresses together keep a bounded number of unused rooms in memory; the oldest are dropped first", () => {
  const idle = new IdleRooms();
  const used = new Set(["r-3" as RoomId, "r-5" as RoomId]);
  const dropped: RoomId[] = [];
  const count = IDLE_ROOMS + 20;
  for (let n = 0; n < count; n++) {
    idle.add(`r-${n}` as RoomId, n % 3 === 0 ? undefined : addressKey(`198.51.100.${n % 256}`));
    dropped.push(...idle.takeSurplus((id) => used.has(id)));
  }
  const expected = Array.from({ length: 20 }, (_, n) => `r-${n}` as RoomId).filter((id) => !used.has(id));
  assert.deepEqual(dropped, expected);
  assert.deepEqual([...used].map((id) => idle.has(id)), [false, false]);
});

Deno.test("[Q9] a client with many addresses of a wider IPv6 network keeps a few shares of rooms, at most half of all", () => {
  for (const [at, most] of [[(n: number) => n, 4], [(n: number) => n * 256, IDLE_ROOMS]] as const) {
    const idle = new IdleRooms();
    const dropped = Array.from({ length: IDLE_ROOMS }, (_, n) => {
      idle.add(`r-${n}` as RoomId, addressKey(`2001:db8:1:${at(n % 256).toString(16)}::1`));
      return idle.takeSurplus(() => false);
    }).flat();
    const share = Math.min(most * IDLE_ROOMS_OF_ADDRESS, IDLE_ROOMS / 2);
    assert.equal(IDLE_ROOMS - dropped.length, share);
  }
});
