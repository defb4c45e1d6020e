/** What strangers can leave on an installation's disk, through rooms without an account. */
import assert from "node:assert/strict";
import type { RoomId } from "@tafelrunde/protocol";
import { ROOM_SHARES } from "../edge/rooms/stored_shares.ts";
import { deleteForgottenRooms } from "../edge/store/room.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

const TEXT = "€".repeat(4_000);

testOnStores("[Q6] storage of rooms without an account", async (opened, t) => {
  const { store } = opened;
  const { db } = store;
  await using server = await startTestEdge({ store });
  await using edgeFunction = await startTestEdge({ store: await opened.again(), serving: "function" });
  const setLogged = (room: RoomId, bytes: number) =>
    db.updateTable("room").set({ logged_bytes: bytes }).where("id", "=", room).execute();
  const loggedOf = async (room: RoomId) =>
    Number(
      (await db.selectFrom("room").select("logged_bytes").where("id", "=", room).executeTakeFirstOrThrow())
        .logged_bytes,
    );

  for (const { origin } of [server, edgeFunction]) {
    const served = origin === server.origin ? "server" : "function";
    await t.step(
      `a full one accepts only commands that reduce it, and participants leave and return (${served})`,
      async () => {
        const room = await createRoom(origin, "Rat");
        const quiet = await createRoom(origin, "Chor");
        await setLogged(room.room, ROOM_SHARES.write);
        const anna = await new SignalClient(room).join(origin, "Anna");
        const ben = await new SignalClient(quiet).join(origin, "Ben");
        const codeOf = async (...ask: Parameters<SignalClient["ask"]>) => {
          const answer = await anna.ask(...ask);
          return answer.type === "refused" ? answer.code : answer.type;
        };
        assert.equal(await codeOf({ type: "chat.post", text: TEXT }), "room.logFull");
        assert.equal(
          await codeOf({ type: "participant.rename", participantId: anna.you!, name: "Anne" }),
          "room.logFull",
        );
        assert.equal(await codeOf({ type: "hand.raise", raised: true }), "room.logFull");
        assert.equal(await codeOf({ type: "hand.raise", raised: false }), "done");
        assert.equal((await ben.ask({ type: "chat.post", text: TEXT })).type, "chat.posted");
        anna.cut();
        await anna.until(() => anna.closed !== undefined);
        assert.equal((await anna.enter(origin)).joined, true, "she comes back");
        assert.equal(await codeOf({ type: "participant.leave" }), "participant.left");
        await Promise.all([anna.close(), ben.close()]);
      },
    );

    await t.step(
      `no one new can join one that is filled further, by whichever route (${served})`,
      async () => {
        const room = await createRoom(origin, "Rat");
        await setLogged(room.room, ROOM_SHARES.join);
        const anna = new SignalClient(room);
        await anna.enter(origin);
        const answer = await anna.ask({ type: "participant.join", name: "Anna" });
        assert.equal(answer.type === "refused" && answer.code, "room.logFull");
        const hello = await fetch(`${origin}/v1/rooms/${room.room}/hello`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            version: 3,
            room: room.room,
            link: room.link,
            tab: crypto.randomUUID(),
            peer: "none",
            join: { id: crypto.randomUUID(), name: "Ben" },
          }),
        });
        assert.deepEqual([hello.status, (await hello.json()).code], [409, "room.logFull"]);
        await anna.close();
      },
    );

    await t.step(`what is written is counted in the room's row, by every edge (${served})`, async () => {
      const room = await createRoom(origin, "Rat");
      const anna = await new SignalClient(room).join(origin, "Anna");
      for (let n = 0; n < 10; n++) await anna.ask({ type: "chat.post", text: TEXT });
      await anna.ask({ type: "participant.leave" });
      await anna.close();
      const least = 10 * new TextEncoder().encode(TEXT).length;
      while (await loggedOf(room.room) < least) await new Promise((resolve) => setTimeout(resolve, 50));
      assert.ok(await loggedOf(room.room) < 2 * least);
    });
  }

  await t.step(
    "rooms unused for long are deleted; a tenant's room, and one in use, are not",
    async () => {
      const [old, used, house] = await Promise.all(
        ["old", "used", "house"].map((name) => createRoom(server.origin, name)),
      );
      const { id: tenant } = await db.selectFrom("tenant").select("id").executeTakeFirstOrThrow();
      await db.updateTable("room").set({ tenant_id: tenant }).where("id", "=", house!.room).execute();
      await db.updateTable("room").set({ idle_since: null }).where("id", "=", used!.room).execute();
      await deleteForgottenRooms(db, Date.now() + 1_000);
      const left = await db.selectFrom("room").select("id").where("id", "in", [
        old!.room,
        used!.room,
        house!.room,
      ]).execute();
      assert.deepEqual(left.map(({ id }) => id).sort(), [used!.room, house!.room].sort());
    },
  );
});
