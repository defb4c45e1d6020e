/// <reference lib="deno.ns" />
import { deepEqual, equal } from "node:assert/strict";
import { LinkSecret, RoomId } from "@tafelrunde/protocol";
import type * as v from "valibot";
import { findMeetingLink } from "../home/meeting_link.ts";
import { LINK_SECRET, ROOM_ID } from "./room_link.ts";
import { parseRoute } from "./route.ts";

const parse = (path: string) => parseRoute(new URL(`https://meet.example.org${path}`));

Deno.test("an address names a page", () => {
  deepEqual(parse("/"), { page: "home" });
  deepEqual(parse("/?lang=de"), { page: "home" });
  deepEqual(parse("/meetings/new"), { page: "dashboard" });
  deepEqual(parse("/signin?returnTo=/meetings"), { page: "dashboard" });
  deepEqual(parse("/meetingsx"), { page: "notFound" });
  deepEqual(parse("/imprint"), { page: "notFound" });
});

Deno.test("a room's address has a name and a secret", () => {
  const room = { page: "room", roomId: "k7wq-3fzp-axmd", link: "AAAAAAAAAAAAAAAAAAAAAA" };
  deepEqual(parse("/r/k7wq-3fzp-axmd#AAAAAAAAAAAAAAAAAAAAAA"), room);
  deepEqual(parse("/r/k7wq-3fzp-axmd"), { ...room, link: "" });
  deepEqual(parse("/r/k7wq-3fzp-axmd?join&lang=de#AAAAAAAAAAAAAAAAAAAAAA"), room);
});

Deno.test("a room's address with a part missing or mistyped is a bad link", () => {
  for (
    const path of [
      "/r/",
      "/r/k7wq-3fzp-axm1#AAAAAAAAAAAAAAAAAAAAAA",
      "/r/k7wq-3fzp-axmd#AAAA",
    ]
  ) {
    deepEqual(parse(path), { page: "badLink" });
  }
});

Deno.test("room names and secrets are what the protocol says they are", () => {
  equal(`^${ROOM_ID.source}$`, patternOf(RoomId));
  equal(`^${LINK_SECRET.source}$`, patternOf(LinkSecret));
});

function patternOf(schema: typeof RoomId | typeof LinkSecret): string | undefined {
  const regex = schema.pipe.find((part) => part.type === "regex");
  return regex === undefined ? undefined : (regex as v.RegexAction<string, undefined>).requirement.source;
}

Deno.test("one parser for links: a link altered by mail programs opens from the address and from the field", () => {
  const secret = "Zx9_-AAAAAAAAAAAAAAAA_";
  const room = { page: "room", roomId: "k7wq-3fzp-axmd", link: secret };
  for (
    const left of [
      `/r/k7wq-3fzp-axmd%23${secret}`,
      `/r/k7wq-3fzp-axmd%2523${secret}`,
      `/r/k7wq-3fzp-axmd/#${secret}`,
      `/r/K7WQ-3FZP-AXMD#${secret}`,
      ...[
        ".",
        ")",
        ">",
        "%3E",
        ",",
        "*",
        "-",
        "!",
        ").",
        ";",
        "?utm_source=mail",
        "&x",
        "\u201d",
        "\u3002",
        "%E3%80%82",
      ]
        .map((end) => `/r/k7wq-3fzp-axmd#${secret}${end}`),
      `/r/k7wq-3fzp-axmd%23${secret}%3E`,
      `/r/k7wq-3fzp-axmd?lang=de%23${secret}`,
      `/r/k7wq-3fzp-axmd/%23${secret}`,
      `/r/k7wq-3fzp-axmd//#${secret}`,
      `//r/k7wq-3fzp-axmd#${secret}`,
      `/r//k7wq-3fzp-axmd#${secret}`,
      `/r%2Fk7wq-3fzp-axmd%23${secret}`,
      `/r/k7wq%2D3fzp%2daxmd#${secret}`,
      `/r/k7wq%252D3fzp-axmd%2523${secret}`,
      `/r/k7wq-3fzp-axmd%3Fjoin%23${secret}`,
      `/r/k7wq-3fzp-axmd/%253Flang=de%2523${secret}`,
      `/r/k7wq-3fzp-axmd#${secret.replace("-", "%2D").replaceAll("_", "%5F")}`,
      `/r/k7wq-3fzp-axmd%23${secret}#top`,
    ]
  ) {
    deepEqual(parse(left), room, left);
    deepEqual(
      findMeetingLink(`https://meet.example.org${left}`, "https://meet.example.org"),
      { found: "link", roomId: room.roomId, link: secret },
      left,
    );
  }
  for (
    const bare of [
      "/r/k7wq-3fzp-axmd.",
      "/r/k7wq-3fzp-axmd)",
      "/r/k7wq-3fzp-axmd%3E",
      "/r/K7wq-3fzp-axmd/",
      "//r/k7wq%2D3fzp-axmd.",
    ]
  ) {
    deepEqual(parse(bare), { ...room, link: "" }, bare);
  }
  for (
    const other of [
      `/r/k7wq-3fzp-axmd#${secret}x`,
      `/r/k7wq-3fzp-axmd#${secret}-x`,
      "/r/k7wq-3fzp-axmdx",
      "/r/xk7wq-3fzp-axmd",
      `/r/x/k7wq-3fzp-axmd#${secret}`,
      `/r/k7wq-3fzp-axmd#${secret}%2Dx`,
    ]
  ) {
    deepEqual(parse(other), { page: "badLink" }, other);
  }
});
