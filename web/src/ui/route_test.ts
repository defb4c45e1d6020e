/// <reference lib="deno.ns" />
import { deepEqual, equal } from "node:assert/strict";
import { LinkSecret, RoomId } from "@tafelrunde/protocol";
import type * as v from "valibot";
import { LINK_SECRET, parseRoute, ROOM_ID } from "./route.ts";

const parse = (path: string) => parseRoute(new URL(path, "https://meet.example.org"));

Deno.test("an address names a page", () => {
  deepEqual(parse("/"), { page: "home" });
  deepEqual(parse("/?lang=de"), { page: "home" });
  deepEqual(parse("/meetings/new"), { page: "desk" });
  deepEqual(parse("/signin?returnTo=/meetings"), { page: "desk" });
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
