/// <reference lib="deno.ns" />
import { canonicalEmail } from "@tafelrunde/protocol";
import type { ParticipantId } from "@tafelrunde/protocol";
import { parseFrame } from "./call/frame.ts";
import { findMeetingLink } from "./home/meeting_link.ts";
import { pickLanguage } from "./i18n/language.ts";
import { parseRule } from "./meetings/rule.ts";
import { chatRows } from "./features/chat/chat_rows.ts";
import { linkify } from "./features/chat/linkify.ts";
import { initials } from "./ui/initials.ts";
import { parseRoute } from "./ui/route.ts";
import { assertLinear } from "../../tools/growth.ts";

/**
 * A quarter of the longest tested text, characters: longer than a chat message can be, so that quadratic time
 * shows.
 */
const SIZE = 4_000;

const nothing = () => {};

/**
 * Functions that read others' text in a browser, and the worst input for each: prefix, repeated part, suffix.
 */
const READERS: Record<string, { read: (text: string) => unknown; worst: string[][] }> = {
  "a message's links": {
    read: linkify,
    worst: [
      ["http://a/", ")", ""],
      ["http://a/", "]", ""],
      ["http://a/", ")]", ""],
      ["http://a/", "(", ""],
      ["http://a/(", ".)", ""],
      ["http://a/", ".", ""],
      ["http://a/", "…’»", ""],
      ["", "http://", ""],
      ["", "http://a ", ""],
      ["", "http://a/) ", ""],
      ["", "https://[", ""],
      ["http://", "ä", ""],
      ["http://", "a.", ""],
      ["http://a/", "../", ""],
      ["http://", "xn--a.", ""],
      ["http://a/", "😀", ")"],
    ],
  },
  "a name's initials": {
    read: initials,
    worst: [["", "a ", ""], ["", "- ", ""], ["a", " ", "b"], ["", "́", ""]],
  },
  "a link to a meeting": {
    read: (text) => findMeetingLink(text, "https://meet.example"),
    worst: [
      ["", "abcd-", ""],
      ["", "http://", ""],
      ["", "abcd-abcd-abcd/?", ""],
      ["", "abcd-abcd-abcd?", ""],
      ["", "http://a/r/", ""],
      ["", "abcd-abcd-abcd#", ""],
      ["", "abcd-abcd-abcd%3F", ""],
      ["abcd-abcd-abcd", "/", ""],
      ["abcd-abcd-abcd#", "%2D", ""],
      ["abcd%", "25", ""],
      ["", "2D", "abcd-abcd-abcd"],
    ],
  },
  "an address of e-mail": {
    read: canonicalEmail,
    worst: [["", "@", ""], ["a@", ".", "@"], ["", "a@a.", " "]],
  },
  "a recurrence": {
    read: (text) => parseRule(text, "2026-11-30T10:00", "Europe/Berlin"),
    worst: [["", "A=1;", ""], ["FREQ=WEEKLY;BYDAY=", "MO,", ""], ["", ";", ""], ["", "=", ""]],
  },
  "an address of a page": {
    read: (text) => parseRoute(new URL(text, "https://meet.example")),
    worst: [["/r", "/", ""], ["/", "a/", ""], ["/meetings/", "a", ""], ["/r/#", "A", ""], [
      "/signin?returnTo=",
      "/",
      "",
    ]],
  },
  "a wished language": {
    read: (text) => pickLanguage([text]),
    worst: [["", "-", ""], ["", "de-", ""]],
  },
  "a frame of an edge": {
    read: (text) => {
      try {
        parseFrame(text);
      } catch {
        nothing();
      }
    },
    worst: [['{"type":"chat.posted","text":"', '\\"', '"}'], ["", "[", ""], [
      '{"type":"welcome","',
      "a",
      '":1}',
    ]],
  },
  "a conversation": {
    read: (text) => {
      const from = "a" as ParticipantId;
      const chat = [...text].map((sign, seq) => ({ seq, at: seq, from, name: "Anna", text: sign }));
      return chatRows(chat, from, 3);
    },
    worst: [["", "x", ""]],
  },
};

for (const [what, { read, worst }] of Object.entries(READERS)) {
  Deno.test(`in a browser, reading ${what} takes at most linear time, whatever others send`, () => {
    for (const [before = "", part = "", behind = ""] of worst) {
      const inputOf = (size: number) => before + part.repeat(size / part.length) + behind;
      assertLinear(`${what}: ${JSON.stringify(before + part)}…`, SIZE, inputOf, read);
    }
  });
}
