import assert from "node:assert/strict";
import { type MeetingId, newRowId } from "@tafelrunde/protocol";
import type { Meeting } from "@tafelrunde/protocol/http";
import { LIMITS } from "../limit_table.ts";
import { insertInvitation } from "../store/invitation.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { assertRefused, type Person, plan, serveMeetings } from "./meeting_for_tests.ts";

const SERIES = {
  start: "2026-03-16T10:00",
  timeZone: "Europe/Berlin",
  durationMinutes: 60,
  recurrence: "FREQ=DAILY;COUNT=300",
};

const following = (id: string, original: string) => `/v1/meetings/${id}/following/${original}?notify=false`;

testOnStores("[D16] the limit of meetings per account", async ({ store: { db } }, t) => {
  using rig = await serveMeetings(db, { MEETINGS_PER_OWNER: "3" });
  rig.now = Date.parse("2026-03-10T07:00:00Z");
  const countOf = async ({ id }: Pick<Person, "id">) =>
    (await db.selectFrom("meeting").select("id").where("owner_id", "=", id).execute()).length;
  const [boss, key] = [await rig.addPerson("Boss", { role: "admin" }), await rig.addKey(["meetings:write"])];

  await t.step("applies to every way of creating a meeting", async () => {
    const anna = await rig.addPerson("Anna");
    const { id } = await plan(anna, { time: SERIES });
    await plan(anna, {});
    const { body: split } = await anna.ask<Meeting>("PUT", following(id, "2026-03-20T10:00"), {});
    assert.equal(await countOf(anna), 3);
    const wish = { title: "One more", time: null };
    for (
      const [method, path, body, who] of [
        ["POST", "/v1/meetings", wish, anna],
        ["POST", "/v1/meetings", { ...wish, room: split.room }, anna],
        ["POST", "/v1/meetings", { ...wish, owner: anna.id }, boss],
        ["POST", "/v1/meetings", { ...wish, owner: anna.id }, key],
        ["PUT", following(id, "2026-03-18T10:00"), {}, anna],
        ["PUT", following(split.id, "2026-03-25T10:00"), { title: "Split" }, boss],
      ] as const
    ) assertRefused(await who.ask(method, path, body), 409, "meeting.tooMany");
    const { body: whole } = await anna.ask<Meeting>("GET", `/v1/meetings/${split.id}`);
    assert.deepEqual([await countOf(anna), whole.version], [3, 1], "what is refused has changed nothing");
    assert.equal((await boss.ask("POST", "/v1/meetings", wish)).status, 201, "others have their own");
    await anna.ask("DELETE", `/v1/meetings/${split.id}?notify=false`);
    assert.equal((await anna.ask("POST", "/v1/meetings", wish)).status, 201);
  });

  await t.step("holds with concurrent requests", async () => {
    const ben = await rig.addPerson("Ben");
    const statuses = await Promise.all(
      Array.from(
        { length: 8 },
        async () => (await ben.ask("POST", "/v1/meetings", { title: "At once", time: null })).status,
      ),
    );
    assert.deepEqual(statuses.sort(), [201, 201, 201, 409, 409, 409, 409, 409]);
    assert.equal(await countOf(ben), 3);
  });
});

testOnStores("[D16] a split of a series costs as much as it copies", async ({ store: { db } }, t) => {
  using rig = await serveMeetings(db);
  rig.now = Date.parse("2026-03-10T07:00:00Z");
  const { points } = LIMITS["meeting.copy"];
  const makeSeries = async (who: Person) => {
    const { id } = await plan(who, { time: SERIES });
    for (let n = 0; n < 4; n++) {
      const secret = { secretHash: newRowId(), sealedSecret: "sealed" };
      const guest = {
        id: newRowId() as never,
        email: `guest${n}@example.com`,
        accountId: null,
        name: "Guest",
      };
      const invitation = { ...guest, ...secret, meetingId: id as MeetingId, role: null, language: null };
      await insertInvitation(db, invitation, rig.now);
    }
    for (const day of ["17", "26", "27"]) {
      const path = `/v1/meetings/${id}/exceptions/2026-03-${day}T10:00?notify=false`;
      assert.equal((await who.ask("PUT", path, { isCancelled: true })).status, 200);
    }
    return id;
  };

  await t.step(
    "for an account, its invitations and the later exceptions, until its points are used up",
    async () => {
      const anna = await rig.addPerson("Anna");
      const id = await makeSeries(anna);
      // Four invited people and two exceptions.
      await rig.service.limits.take("meeting.copy", anna.id, points - 6);
      const { status, body: next } = await anna.ask<Meeting>("PUT", following(id, "2026-03-25T10:00"), {});
      assert.equal(status, 200);
      const rows = async () => [
        (await db.selectFrom("meeting").select("id").execute()).length,
        (await db.selectFrom("invitation").select("id").execute()).length,
        (await db.selectFrom("meeting_exception").select("meeting_id").execute()).length,
      ];
      const before = await rows();
      for (const [series, original] of [[next.id, "2026-03-26T10:00"], [id, "2026-03-20T10:00"]] as const) {
        const answer = await anna.ask("PUT", following(series, original), { title: "Once more" });
        assertRefused(answer, 429, "person.tooFrequent");
        assert.ok(Number(answer.headers.get("retry-after")) > 0);
      }
      assert.deepEqual(await rows(), before);
      const ben = await rig.addPerson("Ben");
      const other = await makeSeries(ben);
      assert.equal((await ben.ask("PUT", following(other, "2026-03-25T10:00"), {})).status, 200);
    },
  );

  await t.step("for a tenant's keys, together", async () => {
    const cem = await rig.addPerson("Cem");
    const id = await makeSeries(cem);
    const keys = [await rig.addKey(["meetings:write"]), await rig.addKey(["meetings:write"])];
    const { body: next } = await keys[0]!.ask<Meeting>("PUT", following(id, "2026-03-25T10:00"), {});
    const { tenant_id } = await db.selectFrom("meeting").select("tenant_id").limit(1)
      .executeTakeFirstOrThrow();
    await rig.service.limits.take("meeting.copy", `tenant ${tenant_id}`, points - 9);
    assertRefused(
      await keys[1]!.ask("PUT", following(next.id, "2026-03-26T10:00"), {}),
      429,
      "person.tooFrequent",
    );
  });

  await t.step("and one point of creating rooms and meetings, even without invited people", async () => {
    const dora = await rig.addPerson("Dora");
    const { id } = await plan(dora, { time: SERIES });
    const { headers } = await dora.ask("PUT", following(id, "2026-03-25T10:00"), {});
    assert.match(headers.get("ratelimit-policy") ?? "", /^"room\.create"/);
  });
});
