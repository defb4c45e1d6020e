/** What a tenant's rooms can store, written by its members and by guests, and what counting it costs. */
import assert from "node:assert/strict";
import type { RoomId, TenantId } from "@tafelrunde/protocol";
import type { RoomCreated, TenantUsage } from "@tafelrunde/protocol/http";
import { LIMITS } from "../edge/limit_table.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, signIn } from "./rest_client.ts";
import { type CommandDraft, SignalClient } from "./signal_client.ts";

const TEXT = "€".repeat(4_000);
const MAX_BYTES = 1_000_000;

testOnStores("[A25] a tenant's storage", async (opened, t) => {
  const { store } = opened;
  const { db } = store;
  await using server = await startTestEdge({ store });
  await using edgeFunction = await startTestEdge({ store: await opened.again(), serving: "function" });
  const setMax = (tenant: TenantId) =>
    db.updateTable("tenant").set({ max_storage_bytes: MAX_BYTES }).where("id", "=", tenant).execute();
  const setLogged = (room: RoomId, bytes: number) =>
    db.updateTable("room").set({ logged_bytes: bytes }).where("id", "=", room).execute();

  for (const { origin } of [server, edgeFunction]) {
    const served = origin === server.origin ? "server" : "function";
    for (
      const { what, bytes, guests, own } of [
        { what: "half full", bytes: 0.5, guests: "chat.posted", own: "chat.posted" },
        { what: "nearly full", bytes: 0.9, guests: "room.logFull", own: "chat.posted" },
        { what: "full", bytes: 1.1, guests: "room.logFull", own: "room.logFull" },
      ]
    ) {
      await t.step(`[Q6] ${what}: what guests and its members can send, by whom (${served})`, async () => {
        const tenant = await makeTenant(db, "house");
        await setMax(tenant);
        const admin = await signIn(db, origin, tenant, { role: "admin" });
        const room = await admin.get<RoomCreated>("POST", "/v1/rooms", {});
        const other = await admin.get<RoomCreated>("POST", "/v1/rooms", {});
        await setLogged(other.room, bytes * MAX_BYTES);
        const guest = await new SignalClient(room).join(origin, "Gast");
        const member = await new SignalClient(room, { session: admin.session }).join(origin, "Anna");
        const codeOf = async (client: SignalClient, ask: CommandDraft) => {
          const answer = await client.ask(ask);
          return answer.type === "refused" ? answer.code : answer.type;
        };
        const post: CommandDraft = { type: "chat.post", text: TEXT };
        assert.deepEqual([await codeOf(guest, post), await codeOf(member, post)], [guests, own]);
        assert.equal(await codeOf(guest, { type: "hand.raise", raised: true }), "hand.raised");
        assert.equal(await codeOf(guest, { type: "hand.raise", raised: false }), "hand.lowered");
        await Promise.all([guest.close(), member.close()]);
      });
    }

    await t.step(`what is written in its rooms is counted, in their rows (${served})`, async () => {
      const tenant = await makeTenant(db, "house");
      const admin = await signIn(db, origin, tenant, { role: "admin" });
      const room = await admin.get<RoomCreated>("POST", "/v1/rooms", {});
      const guest = await new SignalClient(room).join(origin, "Gast");
      for (let n = 0; n < 10; n++) await guest.ask({ type: "chat.post", text: TEXT });
      await guest.ask({ type: "participant.leave" });
      await guest.close();
      const least = 10 * new TextEncoder().encode(TEXT).length;
      const logged = async () =>
        Number(
          (await db.selectFrom("room").select("logged_bytes").where("id", "=", room.room)
            .executeTakeFirstOrThrow()).logged_bytes,
        );
      while (await logged() < least) await new Promise((resolve) => setTimeout(resolve, 50));
      const { storageBytes } = await admin.get<TenantUsage>("GET", "/v1/tenant/usage");
      assert.ok(storageBytes > least && storageBytes < 2 * least, String(storageBytes));
      await db.deleteFrom("room").where("id", "=", room.room).execute();
      assert.ok((await admin.get<TenantUsage>("GET", "/v1/tenant/usage")).storageBytes < 1_000);
    });

    await t.step(`counting it reads no event, and has its own limit (${served})`, async () => {
      const tenant = await makeTenant(db, "house");
      await setMax(tenant);
      const admin = await signIn(db, origin, tenant, { role: "admin" });
      const room = await admin.get<RoomCreated>("POST", "/v1/rooms", {});
      await setLogged(room.room, 2 * MAX_BYTES);
      const { storageBytes } = await admin.get<TenantUsage>("GET", "/v1/tenant/usage");
      assert.ok(storageBytes > 2 * MAX_BYTES);
      const outcomes: string[] = [];
      for (let n = 1; n <= LIMITS["tenant.usage"].points; n++) {
        outcomes.push(
          (await admin.fail("PATCH", "/v1/tenant", { branding: {} }, { "if-match": "*" })).join(" "),
        );
      }
      assert.equal(outcomes.pop(), "429 person.tooFrequent");
      assert.deepEqual([...new Set(outcomes)], ["409 tenant.storageSpent"]);
      const response = await admin.ask("GET", "/v1/tenant/usage");
      await response.body?.cancel();
      assert.equal(response.status, 429);
      assert.ok(Number(response.headers.get("retry-after")) > 0);
      assert.equal((await admin.ask("GET", "/v1/tenant")).status, 200, "other things can be asked for");
    });

    await t.step(
      `[A23] searching for people has its own limit, and reading the list has none (${served})`,
      async () => {
        const tenant = await makeTenant(db, "house");
        const anna = await signIn(db, origin, tenant);
        const statusOf = async (path: string) => {
          const response = await anna.ask("GET", path);
          await response.body?.cancel();
          return response.status;
        };
        for (let n = 0; n < LIMITS["people.search"].points; n++) {
          assert.equal(await statusOf(`/v1/people?search=a${n}`), 200);
        }
        assert.deepEqual(
          [await statusOf("/v1/people?search=anna"), await statusOf("/v1/people")],
          [429, 200],
        );
      },
    );
  }
});
