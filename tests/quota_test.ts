import assert from "node:assert/strict";
import { newCommandId, PROTOCOL_VERSION, type RoomId } from "@tafelrunde/protocol";
import type { RoomCreated, TenantUsage } from "@tafelrunde/protocol/http";
import { addMinutes } from "../edge/store/usage.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, RestClient, signIn } from "./rest_client.ts";
import { SignalClient } from "./signal_client.ts";

testOnStores("a tenant's limits on joining", async ({ store }, t) => {
  const { db } = store;
  await using edge = await startTestEdge({ store });
  const { origin } = edge;
  const tenant = await makeTenant(db, "house");
  const admin = await signIn(db, origin, tenant, { role: "admin" });
  const room = await admin.get<RoomCreated>("POST", "/v1/rooms", {});
  const come = async (): Promise<[number, string]> => {
    const tab = crypto.randomUUID();
    const join = { id: newCommandId(), name: "Ben" };
    const hello = { version: PROTOCOL_VERSION, room: room.room, link: room.link, tab, peer: "none", join };
    return await new RestClient(origin).fail("POST", `/v1/rooms/${room.room}/hello`, hello);
  };
  const limit = (limits: { max_participants?: number | null; max_minutes?: number | null }) =>
    db.updateTable("tenant").set(limits).where("id", "=", tenant).execute();
  const anna = await new SignalClient(room).join(origin, "Anna");

  await t.step(
    "[A21] the participant limit of a tenant's rooms applies to existing rooms",
    async () => {
      await limit({ max_participants: 1 });
      assert.deepEqual(await come(), [409, "room.full"]);
      await limit({ max_participants: null });
    },
  );

  await t.step(
    "[A21] minutes are summed by month; when they are used up, no one new can join and everyone inside stays",
    async () => {
      const now = Date.now();
      const month = { now, last: Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth(), 0) };
      await limit({ max_minutes: 10 });
      await addMinutes(db, new Map([[room.room, 9]]), month.last);
      for (const minutes of [4, 5]) await addMinutes(db, new Map([[room.room, minutes]]), now);
      assert.equal((await admin.get<TenantUsage>("GET", "/v1/tenant/usage")).minutes, 9);
      const before = await new SignalClient(room).join(origin, "Cem");
      await addMinutes(db, new Map([[room.room, 1], ["aaaa-aaaa-aaaa" as RoomId, 7]]), now);
      assert.deepEqual(await come(), [409, "tenant.minutesSpent"]);
      await anna.ask({ type: "hand.raise", raised: true });
      await before.until(() => Object.keys(before.state.hand).length === 1);
      await before.close();
    },
  );
  await anna.close();
  assert.deepEqual(edge.complaints, []);
});
