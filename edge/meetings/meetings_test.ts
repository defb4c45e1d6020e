import assert from "node:assert/strict";
import { newRowId, type TenantId } from "@tafelrunde/protocol";
import type { Favourites, Meeting, Occurrences, Problem } from "@tafelrunde/protocol/http";
import { deleteIdleAdhocRooms } from "../store/meeting.ts";
import { hashSecret } from "../identity/secret.ts";
import { findAdmissionFacts } from "../store/admission.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { advanceMeetings, eraseOldMeetings } from "./clock.ts";
import { assertRefused, at, MONDAY, plan, serveMeetings, titlesOf } from "./meeting_for_tests.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

testOnStores("meetings", async ({ store: { db } }, t) => {
  using rig = await serveMeetings(db);
  const anna = await rig.addPerson("Anna");
  const ben = await rig.addPerson("Ben");
  const admin = await rig.addPerson("Ada", { role: "admin" });
  const otherTenant = newRowId() as TenantId;
  await db.insertInto("tenant").values({
    id: otherTenant,
    slug: "other",
    name: "Other",
    created_at: new Date(0),
  })
    .execute();
  const stranger = await rig.addPerson("Otto", { role: "admin", tenantId: otherTenant });

  await t.step("[D6] a meeting is created with a room, whose link is shown once", async () => {
    const made = await plan(anna, { description: "Haushalt", settings: { waitingRoom: "guests" } });
    assert.match(made.url, /^https:\/\/meet\.example\.org\/r\/[a-z2-7-]{14}#[\w-]{22}$/);
    const entry = await findAdmissionFacts(db, made.room, {
      accountId: null,
      linkHash: hashSecret(made.link!),
    }, rig.now);
    assert.ok(entry?.link);
    assert.deepEqual([made.role, made.answer, made.owner], ["owner", null, { id: anna.id, name: "Anna" }]);
    assert.deepEqual([made.occurrence?.startsAt, made.occurrence?.endsAt], [
      "2026-03-23T09:00:00.000Z",
      "2026-03-23T10:00:00.000Z",
    ]);
    const { link: _link, url: _url, ...meeting } = made;
    const read = await anna.ask<Meeting>("GET", `/v1/meetings/${made.id}`);
    assert.deepEqual([read.status, read.body, read.headers.get("etag")], [200, meeting, '"1"']);
    const room = await db.selectFrom("room").selectAll().where("id", "=", made.room)
      .executeTakeFirstOrThrow();
    assert.deepEqual([room.owner_id, room.name, room.settings], [anna.id, "Rat", { waitingRoom: "guests" }]);
  });

  await t.step("[D6] people who are not invited, and another tenant's admin, cannot see it", async () => {
    const { id } = await plan(anna);
    for (const path of ["", "/occurrences", "/invitations", "/calendar"]) {
      for (const person of [ben, stranger]) {
        assertRefused(await person.ask("GET", `/v1/meetings/${id}${path}`), 404, "meeting.unknown");
      }
      assertRefused(await rig.nobody.ask("GET", `/v1/meetings/${id}${path}`), 401, "signIn.needed");
    }
    assertRefused(await ben.ask("PATCH", `/v1/meetings/${id}`, { title: "x" }), 404, "meeting.unknown");
    assertRefused(await ben.ask("DELETE", `/v1/meetings/${id}`), 404, "meeting.unknown");
    assertRefused(await stranger.ask("POST", `/v1/meetings/${id}/cancel`), 404, "meeting.unknown");
    assert.equal((await admin.ask("GET", `/v1/meetings/${id}`)).status, 200);
  });

  await t.step("[D6] an invited person can read it but not change it; an admin can change it", async () => {
    const { id } = await plan(anna, { invite: [{ account: ben.id, role: "moderator" }] });
    const seen = await ben.ask<Meeting>("GET", `/v1/meetings/${id}`);
    assert.deepEqual([seen.body.role, seen.body.answer], ["moderator", "none"]);
    assertRefused(await ben.ask("PATCH", `/v1/meetings/${id}`, { title: "x" }), 403, "meeting.notYours");
    assert.equal((await admin.ask("PATCH", `/v1/meetings/${id}`, { title: "Ausschuss" })).status, 200);
  });

  await t.step("[A4] a change is meant for a version", async () => {
    const { id } = await plan(anna);
    const first = await anna.ask("PATCH", `/v1/meetings/${id}`, { title: "Neu" }, { "if-match": '"1"' });
    assert.deepEqual([first.status, first.headers.get("etag")], [200, '"2"']);
    const second = await anna.ask("PATCH", `/v1/meetings/${id}`, { title: "Alt" }, { "if-match": '"1"' });
    assertRefused(second, 412, "version.outdated");
  });

  await t.step("[D2] an invalid time is named, and nothing is stored", async () => {
    const before = await db.selectFrom("meeting").select("id").execute();
    const faults: readonly (readonly [unknown, string])[] = [
      [at("2026-02-30T10:00"), "time.start"],
      [at("2026-03-23T10:00", "FREQ=SECONDLY"), "time.recurrence"],
      [at("2026-03-23T10:00", "FREQ=WEEKLY;BYDAY=TU"), "time.start"],
      [{ ...at("2026-03-23T10:00"), timeZone: "+01:00" }, "time.timeZone"],
      [{ ...at("2026-03-23T10:00"), timeZone: "Europe/Nowhere" }, "time.timeZone"],
      [{ ...at("2026-03-23T10:00"), durationMinutes: 1441 }, "time.durationMinutes"],
    ];
    for (const [time, field] of faults) {
      const answer = await anna.ask<Problem>("POST", "/v1/meetings", { title: "x", time });
      assert.equal(answer.status, 422);
      assert.equal(answer.body.fields?.[0]?.name, field);
    }
    assert.equal((await db.selectFrom("meeting").select("id").execute()).length, before.length);
  });

  await t.step(
    "[D8] a meeting in an existing room does not delete it; the room must be one's own",
    async () => {
      const { room, id } = await plan(anna);
      const second = await plan(anna, { room, title: "Zweite" });
      assert.deepEqual([second.link, second.url], [null, `https://meet.example.org/r/${room}`]);
      assertRefused(
        await ben.ask("POST", "/v1/meetings", { title: "x", time: null, room }),
        422,
        "request.invalid",
      );
      assert.equal((await anna.ask("DELETE", `/v1/meetings/${second.id}`)).status, 204);
      assert.ok(await db.selectFrom("room").select("id").where("id", "=", room).executeTakeFirst());
      assert.equal((await anna.ask("DELETE", `/v1/meetings/${id}`)).status, 204);
      assert.equal(
        await db.selectFrom("room").select("id").where("id", "=", room).executeTakeFirst(),
        undefined,
      );
    },
  );

  await t.step("an API key with the scope creates meetings for people of its tenant", async () => {
    const key = await rig.addKey(["meetings:write", "meetings:read"]);
    const made = await plan(key, { owner: ben.id });
    assert.deepEqual([made.owner.id, made.role], [ben.id, null]);
    assertRefused(await key.ask("POST", "/v1/meetings", { title: "x", time: null }), 422, "request.invalid");
    assertRefused(
      await key.ask("POST", "/v1/meetings", { title: "x", time: null, owner: stranger.id }),
      422,
      "request.invalid",
    );
    const reader = await rig.addKey(["meetings:read"]);
    assert.equal((await reader.ask("GET", "/v1/meetings?list=soon&of=tenant")).status, 200);
    assertRefused(
      await reader.ask("POST", "/v1/meetings", { title: "x", time: null }),
      403,
      "key.scopeMissing",
    );
    assertRefused(await reader.ask("GET", "/v1/meetings?list=soon&of=me"), 422, "request.invalid");
  });

  await t.step(
    "[D3] one occurrence is moved, renamed, cancelled, and reset",
    async () => {
      const { id } = await plan(anna, { time: at("2026-03-23T10:00", "FREQ=WEEKLY") });
      const path = (original: string) => `/v1/meetings/${id}/exceptions/${original}`;
      const moved = await anna.ask("PUT", path("2026-03-30T10:00"), {
        start: "2026-03-31T15:00",
        title: "Sitzung",
      });
      assert.deepEqual(moved.body, {
        original: "2026-03-30T10:00",
        startsAt: "2026-03-31T13:00:00.000Z",
        endsAt: "2026-03-31T14:00:00.000Z",
        title: "Sitzung",
        isCancelled: false,
        isException: true,
      });
      assert.equal((await anna.ask("PUT", path("2026-03-23T10:00"), { isCancelled: true })).status, 200);
      const occurrences = await anna.ask<Occurrences>(
        "GET",
        `/v1/meetings/${id}/occurrences?from=2026-03-22T00:00:00Z&to=2026-04-07T00:00:00Z`,
      );
      assert.deepEqual(occurrences.body.items.map((one) => [one.startsAt, one.title, one.isCancelled]), [
        ["2026-03-23T09:00:00.000Z", "Rat", true],
        ["2026-03-31T13:00:00.000Z", "Sitzung", false],
        ["2026-04-06T08:00:00.000Z", "Rat", false],
      ]);
      const listed = (await anna.ask<Meeting>("GET", `/v1/meetings/${id}`)).body;
      assert.deepEqual([listed.occurrence?.startsAt, listed.occurrence?.title, listed.version], [
        "2026-03-31T13:00:00.000Z",
        "Sitzung",
        3,
      ]);
      await anna.ask("DELETE", path("2026-03-30T10:00"));
      assertRefused(await anna.ask("PUT", path("2026-03-24T10:00"), {}), 404, "original.unknown");
      assertRefused(await anna.ask("PUT", path("nonsense"), {}), 404, "original.unknown");
      await anna.ask("PATCH", `/v1/meetings/${id}`, { time: at("2026-03-23T11:00", "FREQ=WEEKLY") });
      assert.deepEqual(
        await db.selectFrom("meeting_exception").selectAll().where("meeting_id", "=", id).execute(),
        [],
      );
      const once = await plan(anna);
      const answer = await anna.ask("PUT", `/v1/meetings/${once.id}/exceptions/2026-03-23T10:00`, {});
      assertRefused(answer, 409, "meeting.notSeries");
    },
  );

  await t.step("a cancelled meeting stays cancelled", async () => {
    const { id } = await plan(anna);
    const cancelled = await anna.ask<Meeting>("POST", `/v1/meetings/${id}/cancel`);
    assert.equal(cancelled.body.cancelledAt, new Date(MONDAY).toISOString());
    assert.deepEqual((await anna.ask<Meeting>("POST", `/v1/meetings/${id}/cancel`)).body, cancelled.body);
    assertRefused(await anna.ask("PATCH", `/v1/meetings/${id}`, { title: "x" }), 409, "meeting.cancelled");
  });
});

testOnStores("lists of meetings", async ({ store: { db } }, t) => {
  using rig = await serveMeetings(db);
  const anna = await rig.addPerson("Anna");
  const ben = await rig.addPerson("Ben");
  const admin = await rig.addPerson("Ada", { role: "admin" });
  rig.now = Date.parse("2026-03-23T09:30:00Z");
  await plan(anna, { title: "läuft" });
  await plan(anna, { title: "morgen", time: at("2026-03-24T10:00") });
  await plan(anna, { title: "übermorgen", time: at("2026-03-25T10:00"), invite: [{ account: ben.id }] });
  await plan(anna, { title: "gestern", time: at("2026-03-22T10:00") });
  await plan(anna, { title: "täglich", time: at("2026-03-01T12:00", "FREQ=DAILY") });
  await plan(anna, { title: "vorbei", time: at("2026-03-01T12:00", "FREQ=DAILY;COUNT=3") });
  const permanent = await plan(anna, { title: "immer", time: null });
  await plan(ben, { title: "Bens", time: at("2026-03-23T18:00") });

  await t.step("[D4] now, soon, past, permanent: each meeting once, in order", async () => {
    assert.deepEqual(await titlesOf(anna, "list=now"), ["läuft"]);
    assert.deepEqual(await titlesOf(anna, "list=soon"), ["täglich", "morgen", "übermorgen"]);
    assert.deepEqual(await titlesOf(anna, "list=past"), ["gestern", "vorbei"]);
    assert.deepEqual(await titlesOf(anna, "list=permanent"), ["immer"]);
    assert.deepEqual(await titlesOf(ben, "list=soon"), ["Bens", "übermorgen"]);
  });

  await t.step("page by page it is the same list", async () => {
    for (const list of ["soon", "past"]) {
      assert.deepEqual(await titlesOf(anna, `list=${list}`, 1), await titlesOf(anna, `list=${list}`));
    }
    assertRefused(await anna.ask("GET", "/v1/meetings?list=soon&cursor=e30"), 422, "request.invalid");
    assertRefused(await anna.ask("GET", "/v1/meetings?list=soon&limit=101"), 422, "request.invalid");
  });

  await t.step("of the tenant, for its admins", async () => {
    assert.deepEqual(await titlesOf(admin, "list=soon&of=tenant"), [
      "täglich",
      "Bens",
      "morgen",
      "übermorgen",
    ]);
    assert.deepEqual(await titlesOf(admin, "list=soon"), []);
    assertRefused(await anna.ask("GET", "/v1/meetings?list=soon&of=tenant"), 403, "admin.needed");
  });

  await t.step("[D4] the next occurrence replaces one that has ended, at one edge", async () => {
    rig.now += 3 * HOUR_MS;
    assert.deepEqual(await titlesOf(anna, "list=soon"), ["morgen", "übermorgen"]);
    const advanced = await Promise.all([advanceMeetings(db, rig.now), advanceMeetings(db, rig.now)]);
    assert.deepEqual(advanced.sort(), [0, 1]);
    assert.deepEqual(await titlesOf(anna, "list=soon"), ["morgen", "täglich", "übermorgen"]);
    assert.deepEqual(await titlesOf(anna, "list=past"), ["läuft", "gestern", "vorbei"]);
    rig.now += 10 * DAY_MS;
    await advanceMeetings(db, rig.now);
    assert.deepEqual(await titlesOf(anna, "list=soon"), ["täglich"]);
  });

  await t.step("favourites are rooms, and their meetings a list", async () => {
    assert.equal((await anna.ask("PUT", `/v1/favourites/${permanent.room}`)).status, 204);
    assert.equal((await anna.ask("PUT", `/v1/favourites/${permanent.room}`)).status, 204);
    assert.deepEqual((await anna.ask<Favourites>("GET", "/v1/favourites")).body.items, [
      { room: permanent.room, name: "immer" },
    ]);
    assert.deepEqual(await titlesOf(anna, "list=favourites"), ["immer"]);
    assert.ok((await anna.ask<Meeting>("GET", `/v1/meetings/${permanent.id}`)).body.isFavourite);
    assert.equal((await anna.ask("DELETE", `/v1/favourites/${permanent.room}`)).status, 204);
    assert.deepEqual(await titlesOf(anna, "list=favourites"), []);
    assertRefused(await anna.ask("PUT", "/v1/favourites/aaaa-aaaa-aaaa"), 404, "room.unknown");
  });
});

testOnStores(
  "ad-hoc meetings are deleted with their rooms once those are empty for long",
  async ({ store: { db } }) => {
    using rig = await serveMeetings(db);
    const anna = await rig.addPerson("Anna");
    const { id, room } = await plan(anna, { isAdhoc: true });
    await deleteIdleAdhocRooms(db, rig.now);
    assert.equal((await anna.ask("GET", `/v1/meetings/${id}`)).status, 200);
    await deleteIdleAdhocRooms(db, rig.now + 1);
    assertRefused(await anna.ask("GET", `/v1/meetings/${id}`), 404, "meeting.unknown");
    assert.equal(
      await db.selectFrom("room").select("id").where("id", "=", room).executeTakeFirst(),
      undefined,
    );
  },
);

testOnStores(
  "[D10] a meeting that is over for long is deleted, with its room unless it was used since",
  async ({ store: { db } }) => {
    using rig = await serveMeetings(db);
    const anna = await rig.addPerson("Anna");
    const old = await plan(anna);
    const used = await plan(anna);
    const series = await plan(anna, { time: at("2026-03-23T10:00", "FREQ=WEEKLY") });
    const permanent = await plan(anna, { time: null });
    await anna.ask("POST", `/v1/meetings/${used.id}/invitations?notify=false`, {
      people: [{ email: "gast@example.com" }],
    });
    const over = Date.parse(old.occurrence!.endsAt);
    await db.updateTable("room").set({ idle_since: null }).where("id", "=", used.room).execute();
    assert.equal(await eraseOldMeetings(db, over), 0);
    await advanceMeetings(db, over + 1);
    assert.equal(await eraseOldMeetings(db, over + 1), 2);
    const idsOf = async (table: "meeting" | "room") =>
      (await db.selectFrom(table).select("id").execute()).map(({ id }) => id).sort();
    assert.deepEqual(await idsOf("meeting"), [series.id, permanent.id].sort());
    assert.deepEqual(await idsOf("room"), [series.room, permanent.room, used.room].sort());
    assert.deepEqual(await db.selectFrom("invitation").select("id").execute(), []);
  },
);
