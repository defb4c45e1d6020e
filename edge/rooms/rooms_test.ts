import assert from "node:assert/strict";
import { type EdgeId, PROTOCOL_VERSION, type RoomId } from "@tafelrunde/protocol";
import type { KyselyPlugin } from "kysely";
import { makeLocalBus } from "../bus/local.ts";
import { makeLog } from "../log.ts";
import { makeMetrics } from "../metrics.ts";
import { findRoom, insertRoom } from "../store/room.ts";
import { readState } from "../store/room_log.ts";
import { updateRoom } from "../store/room_record.ts";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import type { RoomContext } from "./room.ts";
import { Rooms, type RoomSession } from "./rooms.ts";

/** Round trips to the database in which whoever does not wait for anybody has long been there. */
const ROUND_TRIPS = 20;

/** A database whose next answer about a room's row can be kept back. */
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
    clusterVersion: () => PROTOCOL_VERSION,
  };
  return new Rooms(context, { retentionMs: Infinity, anonymousMs: Infinity, onEvent: () => {} });
}

for (const [n, where] of (["the same edge", "another edge"] as const).entries()) {
  testOnStores(
    `a room's row that is read before a change, and comes after it, undoes nothing (${where})`,
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
      // Of one edge both rows have come before either is heeded, the newer one first.
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
