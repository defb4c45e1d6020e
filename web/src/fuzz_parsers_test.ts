/// <reference lib="deno.ns" />
/** Fuzzes every parser and matcher of the pages that receives text from others. */
import assert from "node:assert/strict";
import { canonicalEmail, shownEmail } from "@tafelrunde/protocol";
import { MeetingTime, Time } from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { parseFrame } from "./call/frame.ts";
import { findMeetingLink } from "./home/meeting_link.ts";
import { enMeetings } from "./i18n/en_meetings.ts";
import { pickLanguage } from "./i18n/language.ts";
import { type MeetingForm, newForm, problemsOf, startOf, timeOf } from "./meetings/meeting_form.ts";
import { firstRule, formatRule, nthOfMonth, parseRule, sayRule, UNITS } from "./meetings/rule.ts";
import { endOfDay, plusDays } from "./meetings/zone.ts";
import { linkify } from "./features/chat/linkify.ts";
import { parseDashboardRoute, safeReturn } from "./dashboard/dashboard_route.ts";
import { initials } from "./ui/initials.ts";
import { parseRoute } from "./ui/route.ts";
import { fuzzParsers, type Parser, SEED } from "../../tools/fuzz/parsers.ts";

/** Longest tested text, characters: longer than a chat message can be. */
const LONGEST = 62_000;

const plain = (read: (text: string) => unknown, ...samples: string[]): Parser => ({
  samples,
  longest: LONGEST,
  read,
});

const START = "2027-03-27T02:30";
const ZONE = "Europe/Berlin";
const FORM: MeetingForm = { ...newForm(0, ZONE), title: "Rat", kind: "series", clock: "02:30" };
const SERIES = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20271231T225959Z";

const PARSERS: Readonly<Record<string, Parser>> = {
  "a frame in a page": plain(
    (text) => {
      try {
        parseFrame(text);
      } catch (error) {
        // The page closes such a socket and reconnects; invalid text must not hang it.
        if (!(error instanceof Error)) throw error;
      }
    },
    '{"type":"chat.posted","seq":2,"at":1,"actor":null,"cause":null,"participantId":"a","name":"A","text":"x"}',
  ),
  "links in the chat": plain(
    (text) => {
      const pieces = linkify(text);
      assert.equal(pieces.map((piece) => piece.text).join(""), text);
      for (const piece of pieces) if ("href" in piece) assert.match(piece.href, /^https?:\/\//);
    },
    "siehe https://example.org/a_(b)?c=d#e, oder http://[::1]:80/.",
    "»https://münchen.example«",
  ),
  "a link to a meeting": plain(
    (text) => findMeetingLink(text, "https://meet.example"),
    `https://meet.example/r/aaaa-bbbb-cccc#${"A".repeat(22)}`,
    `<https://meet.example/r/aaaa-bbbb-cccc?join%23${"A".repeat(22)}>`,
  ),
  "a page's address": plain(
    (text) =>
      parseRoute(new URL(URL.canParse(text, "https://meet.example") ? text : "/", "https://meet.example")),
    `/r/aaaa-bbbb-cccc?join#${"A".repeat(22)}`,
    "/meetings/01hz/edit",
    "/signin?returnTo=%2Fr",
  ),
  "where a sign-in leads back to": plain(
    (text) => {
      const { origin } = new URL(safeReturn(text), "https://meet.example");
      assert.equal(origin, "https://meet.example");
    },
    "/meetings/01hz?tab=people",
    "//evil.example/",
    "/\\evil.example",
    "/%2fevil.example",
  ),
  "an address of the dashboard": plain(
    (text) =>
      URL.canParse(text, "https://meet.example") &&
      parseDashboardRoute(new URL(text, "https://meet.example")),
    "/meetings/01hz/edit?original=2027-03-27T02:30",
    "/admin/keys",
  ),
  "a wished language": plain((text) => pickLanguage([text]), "de-AT-1996", "en_US"),
  "initials": plain(initials, "Anna-Maria von Müller", "👩‍👩‍👧"),
  "an address of e-mail in a page": plain(
    (text) => [canonicalEmail(text), shownEmail(text)],
    "anna@example.org",
    "a@xn--mlln-6qa.example",
    "ä@möln.example.",
  ),
  "a recurrence in a page": plain(
    (text) => {
      const rule = parseRule(text, START, ZONE);
      if (rule === undefined) return;
      sayRule(rule, START, enMeetings.repeat.rule, "en");
      assert.notEqual(parseRule(formatRule(rule, START, ZONE), START, ZONE), undefined);
    },
    SERIES,
    "FREQ=DAILY;COUNT=3",
    "FREQ=WEEKLY;BYDAY=SA;UNTIL=20280229",
  ),
  "a date in a form": plain(
    (date) => {
      for (const unit of UNITS) {
        const rule = { ...firstRule(date), unit, end: { kind: "until", until: plusDays(date, 84) } } as const;
        for (const end of [rule.end, { kind: "until", until: date } as const]) {
          const form: MeetingForm = { ...FORM, date, rule: { ...rule, end } };
          sayRule(form.rule, startOf(form), enMeetings.repeat.rule, "en");
          const time = timeOf(form);
          if (problemsOf(form, 0, true).length === 0) v.parse(MeetingTime, time);
        }
      }
      nthOfMonth(date);
      const end = endOfDay(date, ZONE);
      if (end !== undefined) v.parse(Time, end);
    },
    "2027-03-27",
    "2028-02-29",
    "9999-12-31",
    "+275760-09-13",
    "",
  ),
};

Deno.test(`in a browser, every parser and matcher of others' text survives, and takes linear time (seed ${SEED})`, async () => {
  await fuzzParsers(PARSERS, 1 / 4);
});
