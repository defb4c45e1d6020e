import assert from "node:assert/strict";
import type { Invitation, Meeting, MeetingTime, Occurrences } from "@tafelrunde/protocol/http";
import ICAL from "ical.js";
import { testOnStores } from "../store/store_for_tests.ts";
import { assertRefused, type Person, plan, serveMeetings } from "./meeting_for_tests.ts";
import { findTimeFault, moveStart, normalTime, occurrencesBetween, splitTime } from "./series.ts";

const ENV = { SMTP_URL: "smtp://localhost", MAIL_FROM: "Tafelrunde <meet@example.org>" };

/** Mondays at 10:00 in Berlin; on 29 March 2026 clocks go forward, on 25 October back. */
const SERIES = {
  start: "2026-03-16T10:00",
  timeZone: "Europe/Berlin",
  durationMinutes: 60,
  recurrence: "FREQ=WEEKLY;BYDAY=MO",
};

type Series = MeetingTime & { readonly recurrence: string };

/** Instants of the occurrences of a year. */
const startsOf = (time: MeetingTime, year = 2026) =>
  occurrencesBetween(time, [], Date.UTC(year, 0), Date.UTC(year + 1, 0)).map(({ startsAt }) =>
    new Date(startsAt).toISOString().slice(0, 16)
  );

for (
  const [recurrence, original] of [
    ["FREQ=WEEKLY;BYDAY=MO", "2026-03-30T10:00"],
    ["FREQ=WEEKLY;BYDAY=MO;COUNT=40", "2026-10-26T10:00"],
    ["FREQ=WEEKLY;BYDAY=MO;UNTIL=20261026T090000Z", "2026-10-26T10:00"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "2026-04-02T10:00"],
    ["FREQ=DAILY;INTERVAL=3;UNTIL=20260630", "2026-03-31T10:00"],
    ["FREQ=MONTHLY;BYDAY=3MO;COUNT=6", "2026-05-18T10:00"],
    ["FREQ=MONTHLY;BYMONTHDAY=-1,16", "2026-10-31T10:00"],
  ] as const
) {
  Deno.test(`[D13] the two parts of ${recurrence} have the occurrences of the whole`, () => {
    const time = normalTime({ ...SERIES, recurrence }) as Series;
    const whole = startsOf(time);
    const { before, after } = splitTime(time, original);
    assert.deepEqual([findTimeFault(before), findTimeFault(after)], [undefined, undefined]);
    const parts = [startsOf(before), startsOf(after)];
    assert.ok(parts.every((part) => part.length > 0));
    assert.deepEqual(parts.flat(), whole);
    assert.equal(after.start, original);
    assert.match(before.recurrence!, /UNTIL=\d{8}T\d{6}Z/);
  });
}

Deno.test("[D13] at another time of day, a part loses and gains nothing at its end", () => {
  for (
    const [until, start] of [["20261026T090000Z", "15:00"], ["20261026", "00:30"], [
      "20261026",
      "23:30",
    ]] as const
  ) {
    const time = normalTime({ ...SERIES, recurrence: `FREQ=DAILY;UNTIL=${until}` });
    const moved = moveStart(time, `2026-03-16T${start}`);
    assert.equal(startsOf(moved).length, startsOf(time).length, until);
    assert.equal(findTimeFault(moved), undefined);
    assert.match(moved.recurrence!, /UNTIL=20261026T225959Z/, "as the form writes it");
  }
});

Deno.test("[D15] a series that ends in an hour shown twice keeps its last date at another time of day", () => {
  // 02:15 in Berlin for the second time, after 02:30 for the first.
  const time = normalTime({
    ...SERIES,
    start: "2026-10-19T02:30",
    recurrence: "FREQ=DAILY;UNTIL=20261025T011500Z",
  });
  assert.equal(startsOf(time).length, 7);
  assert.equal(startsOf(moveStart(time, "2026-10-19T15:00")).length, 7);
});

testOnStores("[D13] one occurrence and all later ones", async ({ store: { db } }, t) => {
  using rig = await serveMeetings(db, ENV);
  rig.now = Date.parse("2026-03-10T07:00:00Z");
  const [anna, ben, cem] = [
    await rig.addPerson("Anna"),
    await rig.addPerson("Ben"),
    await rig.addPerson("Cem"),
  ];
  const following = (id: string, original: string) => `/v1/meetings/${id}/following/${original}`;
  const exception = (id: string, original: string) => `/v1/meetings/${id}/exceptions/${original}`;
  const series = async (wish: object = {}) => {
    const made = await plan(anna, {
      title: "Jour fixe",
      time: SERIES,
      invite: [{ account: ben.id, role: "presenter" }, { email: "gast@example.com", name: "Gast" }],
      ...wish,
    });
    await db.deleteFrom("outbox").execute();
    return made;
  };
  const occurrencesOf = async (id: string, person: Person = anna) => {
    const { body } = await person.ask<Occurrences>(
      "GET",
      `/v1/meetings/${id}/occurrences?from=2026-03-01T00:00:00Z&to=2026-04-30T00:00:00Z`,
    );
    return body.items.map(({ startsAt, title, isCancelled }) =>
      `${startsAt.slice(0, 16)} ${title}${isCancelled ? " off" : ""}`
    );
  };
  /** Takes the queued mails: recipient, and calendar. */
  const takeMails = async () => {
    const rows = await db.selectFrom("outbox").select("body").orderBy("created_at").execute();
    await db.deleteFrom("outbox").execute();
    type Body = {
      to: { address: string };
      kind: string;
      text: string;
      calendar?: { method: string; text: string };
    };
    return rows.map(({ body }) => body as Body);
  };
  const eventOf = (text: string) =>
    new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent")!);

  await t.step(
    "cancelled: the series ends before, with UNTIL in UTC, and all invited people are notified",
    async () => {
      const { id } = await series();
      const { status, body } = await anna.ask<Meeting>("DELETE", following(id, "2026-03-30T10:00"));
      assert.equal(status, 200);
      // The end of the day on which clocks have gone forward.
      assert.equal(body.time?.recurrence, "FREQ=WEEKLY;BYDAY=MO;UNTIL=20260329T215959Z");
      assert.deepEqual(await occurrencesOf(id), ["2026-03-16T09:00 Jour fixe", "2026-03-23T09:00 Jour fixe"]);
      const mails = await takeMails();
      assert.deepEqual(mails.map(({ to, kind }) => `${to.address} ${kind}`).sort(), [
        "ben@example.org meeting.shortened",
        "gast@example.com meeting.shortened",
      ]);
      for (const { text, calendar } of mails) {
        assert.match(text, /Ihr letzter Termin ist jetzt: Montag, 23\. März 2026/);
        assert.equal(calendar?.method, "REQUEST");
        const event = eventOf(calendar!.text);
        assert.deepEqual([event.uid, event.sequence], [`${id}@tafelrunde`, 1]);
        assert.match(calendar!.text, /RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260329T215959Z/);
      }
    },
  );

  await t.step(
    "changed: they are a new meeting, in the same room, with the same people",
    async () => {
      const { id, room, link } = await series({
        time: { ...SERIES, recurrence: "FREQ=WEEKLY;BYDAY=MO;COUNT=5" },
      });
      await ben.ask("PUT", `/v1/meetings/${id}/answer`, { answer: "accepted" });
      await anna.ask("PUT", `${exception(id, "2026-03-16T10:00")}?notify=false`, { title: "Auftakt" });
      await anna.ask("PUT", `${exception(id, "2026-04-06T10:00")}?notify=false`, { isCancelled: true });
      const { status, body: next } = await anna.ask<Meeting>("PUT", following(id, "2026-03-30T10:00"), {
        title: "Jour fixe neu",
      });
      assert.equal(status, 200);
      assert.notEqual(next.id, id);
      assert.deepEqual([next.room, next.title, next.time], [room, "Jour fixe neu", {
        ...SERIES,
        start: "2026-03-30T10:00",
        recurrence: "FREQ=WEEKLY;BYDAY=MO;COUNT=3",
      }]);
      assert.deepEqual(await occurrencesOf(id), ["2026-03-16T09:00 Auftakt", "2026-03-23T09:00 Jour fixe"]);
      assert.deepEqual(await occurrencesOf(next.id, ben), [
        "2026-03-30T08:00 Jour fixe neu",
        "2026-04-06T08:00 Jour fixe neu off",
        "2026-04-13T08:00 Jour fixe neu",
      ]);
      const { body: { items } } = await anna.ask<{ items: Invitation[] }>(
        "GET",
        `/v1/meetings/${next.id}/invitations`,
      );
      assert.deepEqual(items.map(({ name, role, answer }) => [name, role, answer]).sort(), [
        ["Ben", "presenter", "accepted"],
        ["Gast", null, "none"],
      ]);
      const mails = await takeMails();
      const sent = mails.filter(({ kind }) => kind !== "meeting.answered")
        .map(({ to, kind, calendar }) => `${to.address} ${kind} ${eventOf(calendar!.text).uid}`).sort();
      assert.deepEqual(sent, [
        `ben@example.org meeting.changed ${next.id}@tafelrunde`,
        `ben@example.org meeting.shortened ${id}@tafelrunde`,
        `gast@example.com meeting.changed ${next.id}@tafelrunde`,
        `gast@example.com meeting.shortened ${id}@tafelrunde`,
      ]);
      const changed = mails.find(({ kind, to }) =>
        kind === "meeting.changed" && to.address === "gast@example.com"
      )!;
      assert.match(changed.calendar!.text, /EXDATE;TZID=Europe\/Berlin:20260406T100000/);
      const secret = /\/answer#([\w-]{22})/.exec(changed.text)?.[1];
      const { body: answered } = await rig.nobody.ask<{ meeting: { title: string } }>(
        "POST",
        "/v1/invitations/answer",
        { secret },
      );
      assert.match(JSON.stringify(answered), /Jour fixe neu/);
      assert.ok(link);
      // The room is deleted with the last of both.
      await anna.ask("DELETE", `/v1/meetings/${id}?notify=false`);
      assert.equal((await anna.ask("GET", `/v1/meetings/${next.id}`)).status, 200);
      const member = () =>
        db.selectFrom("room_member").select("role").where("room_id", "=", room).where(
          "account_id",
          "=",
          ben.id,
        )
          .executeTakeFirst();
      assert.equal((await member())?.role, "presenter");
      await anna.ask("DELETE", `/v1/meetings/${next.id}?notify=false`);
      assert.equal(
        await db.selectFrom("room").select("id").where("id", "=", room).executeTakeFirst(),
        undefined,
      );
      await takeMails();
    },
  );

  await t.step("another time of day, across a clock change, resets the answers", async () => {
    const { id } = await series({ time: { ...SERIES, start: "2026-03-16T02:30" } });
    await ben.ask("PUT", `/v1/meetings/${id}/answer`, { answer: "accepted" });
    await anna.ask("PUT", `${exception(id, "2026-04-13T02:30")}?notify=false`, { isCancelled: true });
    const { status, body: next } = await anna.ask<Meeting>(
      "PUT",
      `${following(id, "2026-03-23T02:30")}?notify=false`,
      { start: "2026-03-23T14:00", durationMinutes: 30 },
    );
    assert.equal(status, 200, JSON.stringify(next));
    assert.deepEqual(await occurrencesOf(id), ["2026-03-16T01:30 Jour fixe"]);
    assert.deepEqual((await occurrencesOf(next.id)).slice(0, 4), [
      "2026-03-23T13:00 Jour fixe",
      "2026-03-30T12:00 Jour fixe",
      "2026-04-06T12:00 Jour fixe",
      "2026-04-13T12:00 Jour fixe",
    ]);
    const { body } = await ben.ask<Meeting>("GET", `/v1/meetings/${next.id}`);
    assert.equal(body.answer, "none");
    assert.deepEqual((await takeMails()).filter(({ kind }) => kind !== "meeting.answered"), []);
  });

  await t.step("an invalid request is refused by name, and changes nothing", async () => {
    const { id } = await series();
    const once = await plan(anna, {});
    assertRefused(await anna.ask("DELETE", following(id, "2026-03-16T10:00")), 409, "meeting.isFirst");
    assertRefused(await anna.ask("DELETE", following(id, "2026-03-31T10:00")), 404, "original.unknown");
    assertRefused(await anna.ask("DELETE", following(once.id, "2026-03-23T10:00")), 409, "meeting.notSeries");
    assertRefused(await ben.ask("DELETE", following(id, "2026-03-30T10:00")), 403, "meeting.notYours");
    assertRefused(await cem.ask("PUT", following(id, "2026-03-30T10:00"), {}), 404, "meeting.unknown");
    assertRefused(
      await anna.ask("PUT", following(id, "2026-03-30T10:00"), { start: "2026-03-31T10:00" }),
      422,
      "request.invalid",
    );
    await anna.ask("POST", `/v1/meetings/${id}/cancel?notify=false`);
    assertRefused(await anna.ask("PUT", following(id, "2026-03-30T10:00"), {}), 409, "meeting.cancelled");
    const { body } = await anna.ask<Meeting>("GET", `/v1/meetings/${id}`);
    assert.equal(body.time?.recurrence, SERIES.recurrence);
  });
});
