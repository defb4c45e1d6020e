import assert from "node:assert/strict";
import type { Invitation } from "@tafelrunde/protocol/http";
import ICAL from "ical.js";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMailKind } from "../mail/kind.ts";
import { makeSmtpPost } from "../mail/smtp.ts";
import { type SmtpSink, startSmtpSink, type TakenMail } from "../mail/smtp_sink_for_tests.ts";
import { makeMetrics } from "../metrics.ts";
import { OutboxSender } from "../outbox/sender.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { type MeetingsRig, type Person, plan, serveMeetings } from "./meeting_for_tests.ts";
import { findAdmissionFacts } from "../store/admission.ts";
import { hashSecret } from "../identity/secret.ts";

/** A calendar as read by another library than the one that wrote it. */
function readCalendar({ email }: TakenMail): ICAL.Component {
  const part = email.attachments.find(({ mimeType }) => mimeType === "text/calendar");
  assert.ok(part, "the mail has a calendar");
  const { content } = part;
  const text = typeof content === "string" ? content : new TextDecoder().decode(content);
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  return calendar;
}

const eventsOf = (calendar: ICAL.Component) =>
  calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));

/** Instants of the first `count` occurrences, exceptions applied, as a calendar program shows them. */
function occurrencesOf(calendar: ICAL.Component, count: number): [start: string, title: string][] {
  const events = eventsOf(calendar);
  const series = events.find((event) => !event.isRecurrenceException())!;
  for (const event of events) if (event.isRecurrenceException()) series.relateException(event);
  const iterator = series.iterator();
  const found: [string, string][] = [];
  for (let next = iterator.next(); next && found.length < count; next = iterator.next()) {
    const { startDate, item } = series.getOccurrenceDetails(next);
    found.push([startDate.toJSDate().toISOString().slice(0, 16), item.summary]);
  }
  return found;
}

/**
 * Time between two mails about the same thing, ms: more than five minutes, and six of them more than an hour.
 */
const APART_MS = 12 * 60_000;

/** Runs a request, and returns the mails that it sends. */
async function withMail(
  rig: MeetingsRig,
  sink: SmtpSink,
  act: () => Promise<unknown>,
  count: number,
): Promise<TakenMail[]> {
  const before = sink.taken.length;
  // No mail is held back by a recipient's limit.
  rig.now += APART_MS;
  await act();
  await sink.waitFor(before + count);
  const { service: { db } } = rig;
  while ((await db.selectFrom("outbox").select("id").execute()).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(sink.taken.length, before + count);
  return sink.taken.slice(before);
}

const SERIES = {
  start: "2026-03-23T10:00",
  timeZone: "Europe/Berlin",
  durationMinutes: 60,
  recurrence: "FREQ=WEEKLY;BYDAY=MO",
};

testOnStores("[B4] mails about a meeting", async ({ store: { db } }, t) => {
  await using sink = await startSmtpSink();
  const env = { SMTP_URL: sink.url, MAIL_FROM: "Tafelrunde <meet@example.org>" };
  using rig = await serveMeetings(db, env);
  await using sender = new OutboxSender(
    { ...rig.service, log: makeLog(() => {}), metrics: makeMetrics() },
    [
      makeMailKind(
        rig.service,
        makeSmtpPost({ url: env.SMTP_URL, from: env.MAIL_FROM, publicUrl: "https://meet.example.org" }),
      ),
    ],
    { lookMs: 20 },
  );
  sender.start();
  const anna = await rig.addPerson("Anna");
  const ben = await rig.addPerson("Ben");
  await db.updateTable("account").set({ language: "en" }).where("id", "=", ben.id).execute();
  let id = "";
  let room = "";

  await t.step(
    "the invitation: REQUEST with the series, in the recipient's language, with their own link",
    async () => {
      const mails = await withMail(rig, sink, async () => {
        const invite = [{ account: ben.id, role: "moderator" }, { email: "gast@example.com", name: "Gast" }];
        ({ id, room } = await plan(anna, {
          title: "Rat; „Bau“, Umwelt",
          description: "Zeile 1\nZeile 2",
          time: SERIES,
          invite,
        }));
      }, 2);
      const [toBen, toGuest] = mails.sort((one) => one.to[0] === "ben@example.org" ? -1 : 1) as [
        TakenMail,
        TakenMail,
      ];
      assert.deepEqual([toBen.email.subject, toGuest.email.subject], [
        "Invitation: Rat; „Bau“, Umwelt",
        "Einladung: Rat; „Bau“, Umwelt",
      ]);
      assert.deepEqual(toBen.email.replyTo, [{ name: "Anna", address: "anna@example.org" }]);
      assert.match(
        toGuest.email.text!,
        /Wann: Montag, 23\. März 2026.*10:00–11:00 Uhr MEZ \(Europe\/Berlin\)/,
      );
      assert.match(toGuest.email.text!, /Weitere Termine: Montag, 30\. März 2026 um 10:00 MESZ/);
      assert.match(toBen.email.text!, /https:\/\/meet\.example\.org\/r\/[a-z2-7-]{14}\n/);
      const secret = /\/r\/[a-z2-7-]{14}#([\w-]{22})\n/.exec(toGuest.email.text!)?.[1];
      const entry = await findAdmissionFacts(db, room as never, {
        accountId: null,
        linkHash: hashSecret(secret!),
      }, rig.now);
      assert.ok(entry?.link, "the guest's link opens the room");
      assert.match(toGuest.email.text!, new RegExp(`/answer#${secret}`));

      const calendar = readCalendar(toGuest);
      assert.equal(calendar.getFirstPropertyValue("method"), "REQUEST");
      const [event] = eventsOf(calendar);
      assert.deepEqual([
        event!.summary,
        event!.description.startsWith("Zeile 1\nZeile 2\n\nhttps://"),
        event!.sequence,
      ], [
        "Rat; „Bau“, Umwelt",
        true,
        0,
      ]);
      assert.equal(event!.organizer, "mailto:anna@example.org");
      assert.deepEqual(
        event!.attendees.map((
          one,
        ) => [one.getFirstValue()?.toString().toLowerCase(), one.getParameter("partstat")]),
        [["mailto:gast@example.com", "NEEDS-ACTION"]],
        "[B5] its reader alone",
      );
      assert.match(String(event!.component.getFirstPropertyValue("dtstamp")), /Z$/);
      assert.deepEqual(occurrencesOf(calendar, 2), [
        ["2026-03-23T09:00", "Rat; „Bau“, Umwelt"],
        ["2026-03-30T08:00", "Rat; „Bau“, Umwelt"],
      ]);
    },
  );

  await t.step("exceptions across a clock change: EXDATE, RECURRENCE-ID, higher SEQUENCE", async () => {
    const except = (original: string, body: unknown) =>
      withMail(rig, sink, () => anna.ask("PUT", `/v1/meetings/${id}/exceptions/${original}`, body), 2);
    await except("2026-03-30T10:00", { start: "2026-03-31T15:00", title: "Sondersitzung" });
    const mails = await except("2026-10-26T10:00", { isCancelled: true });
    const calendar = readCalendar(mails[0]!);
    assert.equal(eventsOf(calendar)[0]!.sequence, 2);
    const occurrences = occurrencesOf(calendar, 34);
    assert.deepEqual(occurrences.slice(0, 3), [
      ["2026-03-23T09:00", "Rat; „Bau“, Umwelt"],
      ["2026-03-31T13:00", "Sondersitzung"],
      ["2026-04-06T08:00", "Rat; „Bau“, Umwelt"],
    ]);
    const starts = occurrences.map(([start]) => start);
    assert.ok(starts.includes("2026-10-19T08:00"));
    assert.ok(!starts.some((start) => start.startsWith("2026-10-26")), "cancelled");
    assert.ok(starts.includes("2026-11-02T09:00"), "10:00 in Berlin in winter again");
    const english = mails.find(({ to }) => to[0] === "ben@example.org")!;
    assert.match(english.email.text!, /This date is cancelled: Monday.* 26 October 2026 at 10:00/);
  });

  await t.step(
    "[B4] every way of getting the calendar gives one entry: UID, SEQUENCE, dates and exceptions",
    async () => {
      const mails = await withMail(
        rig,
        sink,
        () => anna.ask("PUT", `/v1/meetings/${id}/exceptions/2026-11-02T10:00`, { durationMinutes: 90 }),
        2,
      );
      const toGuest = mails.find(({ to }) => to[0] === "gast@example.com")!;
      const secret = /\/answer#([\w-]{22})/.exec(toGuest.email.text!)![1];
      const { body } = await rig.nobody.ask<{ calendar: string }>("POST", "/v1/invitations/answer", {
        secret,
      });
      const ofReader = new ICAL.Component(ICAL.parse(body.calendar));
      const download = await ben.ask<string>("GET", `/v1/meetings/${id}/calendar`);
      const [ofMail, ofBensMail, ofBen] = [
        readCalendar(toGuest),
        readCalendar(mails.find(({ to }) => to[0] === "ben@example.org")!),
        new ICAL.Component(ICAL.parse(download.body)),
      ];
      const names = ["uid", "sequence", "recurrence-id", "dtstart", "duration", "rrule", "exdate", "url"];
      const told = (calendar: ICAL.Component) =>
        eventsOf(calendar).map(({ component }) =>
          names.map((name) => String(component.getFirstProperty(name) ?? ""))
        );
      assert.equal(told(ofMail).length, 3);
      assert.deepEqual(told(ofReader), told(ofMail), "the page of the mail's link");
      assert.deepEqual(told(ofBen), told(ofBensMail), "the meeting's page");
      assert.deepEqual(
        told(ofBen).map((one) => one.slice(0, -1)),
        told(ofMail).map((one) => one.slice(0, -1)),
      );
      assert.equal(ofReader.getFirstPropertyValue("method"), "PUBLISH");
      assert.ok(!body.calendar.includes("ATTENDEE"), "[B5] RFC 5546 §3.2.1");
    },
  );

  await t.step("a change: another time resets the answer", async () => {
    await ben.ask("PUT", `/v1/meetings/${id}/answer`, { answer: "accepted" });
    const renamed = await withMail(
      rig,
      sink,
      () => anna.ask("PATCH", `/v1/meetings/${id}`, { title: "Ausschuss" }),
      2,
    );
    assert.deepEqual(partstatOf(renamed), "ACCEPTED");
    const moved = await withMail(
      rig,
      sink,
      () => anna.ask("PATCH", `/v1/meetings/${id}`, { time: { ...SERIES, start: "2026-03-23T11:00" } }),
      2,
    );
    assert.deepEqual(partstatOf(moved), "NEEDS-ACTION");
    const calendar = readCalendar(moved[0]!);
    assert.equal(eventsOf(calendar).length, 1, "no exceptions are left");
    assert.deepEqual(occurrencesOf(calendar, 1), [["2026-03-23T10:00", "Ausschuss"]]);
  });

  await t.step("without mails if requested", async () => {
    await withMail(
      rig,
      sink,
      () => anna.ask("PATCH", `/v1/meetings/${id}?notify=false`, { title: "Leise" }),
      0,
    );
  });

  let withdrawnAs = 0;
  await t.step("withdrawn: CANCEL to that person, and their link opens nothing", async () => {
    const { body } = await anna.ask<{ items: Invitation[] }>("GET", `/v1/meetings/${id}/invitations`);
    const guest = body.items.find(({ account }) => account === null)!;
    const [mail] = await withMail(
      rig,
      sink,
      () => anna.ask("DELETE", `/v1/meetings/${id}/invitations/${guest.id}`),
      1,
    );
    assert.deepEqual(mail!.to, ["gast@example.com"]);
    const calendar = readCalendar(mail!);
    assert.equal(calendar.getFirstPropertyValue("method"), "CANCEL");
    withdrawnAs = eventsOf(calendar)[0]!.sequence;
    const links = mail!.email.text!.match(/https:\S+/g) ?? [];
    assert.ok(links.every((link) => link.startsWith("https://meet.example.org/stop#")), "no way in is left");
  });

  await t.step(
    "[B4] each mail has a higher SEQUENCE than earlier ones, also one to a single person",
    async () => {
      const path = `/v1/meetings/${id}`;
      const sequenceOf = async (act: () => Promise<unknown>, count: number) => {
        const [mail] = await withMail(rig, sink, act, count);
        return eventsOf(readCalendar(mail!))[0]!.sequence;
      };
      const person = { email: "gast@example.com", name: "Gast" };
      const inviteAgain = () => anna.ask("POST", `${path}/invitations`, { people: [person] });
      const withdrawAgain = async () => {
        const { body } = await anna.ask<{ items: Invitation[] }>("GET", `${path}/invitations`);
        const guest = body.items.find(({ account }) => account === null)!;
        await anna.ask("DELETE", `${path}/invitations/${guest.id}`);
      };
      const counts = [
        withdrawnAs,
        await sequenceOf(inviteAgain, 1),
        await sequenceOf(withdrawAgain, 1),
        await sequenceOf(inviteAgain, 1),
        await sequenceOf(() => anna.ask("PATCH", path, { title: "Rat" }), 2),
        await sequenceOf(withdrawAgain, 1),
      ];
      const first = counts[0]!;
      // An invitation after a withdrawal is not older than that; all else is newer than what came before.
      assert.deepEqual(counts, [first, first, first + 1, first + 1, first + 2, first + 3]);
    },
  );

  await t.step("cancelled: CANCEL with the series' UID and a higher SEQUENCE", async () => {
    const [mail] = await withMail(rig, sink, () => anna.ask("POST", `/v1/meetings/${id}/cancel`), 1);
    const calendar = readCalendar(mail!);
    assert.equal(calendar.getFirstPropertyValue("method"), "CANCEL");
    const [event] = eventsOf(calendar);
    assert.deepEqual([event!.uid, event!.component.getFirstPropertyValue("status"), event!.sequence > 4], [
      `${id}@tafelrunde`,
      "CANCELLED",
      true,
    ]);
  });

  await t.step("a permanent meeting has no calendar", async () => {
    const [mail] = await withMail(
      rig,
      sink,
      () => plan(anna, { time: null, invite: [{ email: "gast@example.com" }] }),
      1,
    );
    assert.deepEqual(mail!.email.attachments, []);
  });

  await t.step("every time zone and odd title survives a round trip", async () => {
    for (const timeZone of ["UTC", "Asia/Calcutta", "America/New_York", "Pacific/Auckland"]) {
      const [mail] = await withMail(
        rig,
        sink,
        () =>
          plan(anna, {
            title: 'A:B;C,D\\E "F" 😀',
            time: { ...SERIES, timeZone },
            invite: [{ email: "gast@example.com" }],
          }),
        1,
      );
      const expected = Temporal.PlainDateTime.from(SERIES.start).toZonedDateTime(timeZone).epochMilliseconds;
      assert.deepEqual(occurrencesOf(readCalendar(mail!), 1), [
        [new Date(expected).toISOString().slice(0, 16), 'A:B;C,D\\E "F" 😀'],
      ]);
    }
  });

  function partstatOf(mails: readonly TakenMail[]): unknown {
    const mail = mails.find(({ to }) => to[0] === "ben@example.org")!;
    return eventsOf(readCalendar(mail))[0]!.attendees[0]!.getParameter("partstat");
  }
});

testOnStores("the calendar of a meeting for its owner", async ({ store: { db } }) => {
  using rig = await serveMeetings(db);
  const anna: Person = await rig.addPerson("Anna");
  const { id } = await plan(anna, { time: SERIES });
  const { body, headers } = await anna.ask<string>("GET", `/v1/meetings/${id}/calendar`);
  assert.match(headers.get("content-type")!, /^text\/calendar/);
  const calendar = new ICAL.Component(ICAL.parse(body));
  assert.equal(calendar.getFirstPropertyValue("method"), "PUBLISH");
  assert.equal(calendar.getAllSubcomponents("vevent").length, 1);
});
