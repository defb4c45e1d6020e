import { parseUp, ProtocolFault } from "@tafelrunde/protocol";
import * as schemas from "@tafelrunde/protocol/http";
import { accepts, acceptsLanguages } from "@std/http/negotiation";
import { getCookie } from "hono/cookie";
import { Context } from "hono";
import * as v from "valibot";
import { parseBody } from "./http/body.ts";
import { pagedBy } from "./http/paging.ts";
import { isKnown, readIfMatch } from "./http/precondition.ts";
import { deviceLabel } from "./identity/device_label.ts";
import { nameOf } from "./participant_name.ts";
import { assertLinear, cpuMs } from "../tools/growth.ts";
import { storable } from "./text.ts";

/**
 * A quarter of the largest body or message, and of the largest header, characters; both leave space for their
 * surroundings.
 */
const BODY = 15_500;
const HEADER = 3_500;

/**
 * Reads of the larger input that take longer than this are measured with both sizes, ms; it alone decides
 * nothing.
 */
const WORTH_A_LOOK_MS = 8;

const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

const contextWith = (headers: Record<string, string>) =>
  new Context(new Request("http://meet.example/", { headers }));

const parseJson = (text: string) =>
  parseBody(contextWith({ "content-type": "application/json" }), text, ["application/json"]);
const parseForm = (text: string) =>
  parseBody(
    contextWith({ "content-type": "application/x-www-form-urlencoded" }),
    text,
    ["application/x-www-form-urlencoded"],
  );

/** Readers of strangers' text, with the worst texts for each: `size` characters, or a little more. */
const READERS: Record<string, { size: number; read: (text: string) => unknown; worst: string[][] }> = {
  // [before, the repeated part, after]
  "a body of JSON": {
    size: BODY,
    read: parseJson,
    worst: [
      ['"', '\\"', ""],
      ['"', "\\", ""],
      ["", '"', ""],
      ["[", '"[",', "1]"],
      ["", "[", ""],
      ["", '{"a":', ""],
      ["[", "{},", "1]"],
      ["{", '"a":1,', '"b":1}'],
      ["", "1", ""],
      ["1e", "9", ""],
      ['"', "\\ud800", '"'],
    ],
  },
  "a form": { size: BODY, read: parseForm, worst: [["", "a&", ""], ["", "%41", ""], ["a=", "+", ""]] },
  "a message": {
    size: BODY,
    read: parseUp,
    worst: [
      [`{"type":"chat.post","id":"${ID}","text":"`, '\\"', '"}'],
      [`{"type":"chat.post","id":"${ID}","text":"x","`, "ä", '":1}'],
      ['{"type":"', "\\u0000", '"}'],
      [`{"id":"${ID}","type":"`, "a.", '"}'],
      [`{"type":"quiz.open","id":"${ID}","question":"`, '\\"', '"}'],
      [`{"type":"quiz.open","id":"${ID}","options":[`, "{},", "1]}"],
      ['{"type":"hello","', "a.", '":1}'],
      [`{"type":"track.publish","id":"${ID}","trackId":"${ID}","rtpParameters":{"codecs":[`, "{},", "{}]}}"],
      [`{"type":"track.publish","id":"${ID}","rtpParameters":`, '{"a":', "1"],
      ['{"type":"view.set","tracks":[', '{"trackId":1},', "1]}"],
    ],
  },
  "a cookie": {
    size: HEADER,
    read: (cookie) => [
      getCookie(contextWith({ cookie }), "tafelrunde"),
      getCookie(contextWith({ cookie })),
    ],
    worst: [["", "a=b;", ""], ["", ";", ""], ["tafelrunde=", "%41", ""], ['tafelrunde="', '"', ""], [
      "",
      "= ;",
      "",
    ]],
  },
  "If-None-Match": {
    size: HEADER,
    read: (etags) => isKnown(contextWith({ "if-none-match": etags }), '"1"'),
    worst: [["", ",", ""], ["", 'W/"1",', ""], ["", "W/", ""], ['"1', " ", "x"]],
  },
  "If-Match": {
    size: HEADER,
    read: (etag) => readIfMatch(contextWith({ "if-match": etag })),
    worst: [['"', "1", ""], ["", '"1"', ""], ["W/", "W/", ""]],
  },
  "Accept": {
    size: HEADER,
    read: (accept) =>
      accepts(new Request("http://a/", { headers: { accept } }), "application/json", "text/html"),
    worst: [["", ",", ""], ["", "a/b;q=1,", ""], ["a", " ", "é"], ["a/b", ";", ""], ["", "*/*,", ""], [
      'a/b;a="',
      ",",
      "",
    ]],
  },
  "Accept-Language": {
    size: HEADER,
    read: (languages) =>
      acceptsLanguages(new Request("http://a/", { headers: { "accept-language": languages } }), "en", "de"),
    worst: [["", ",", ""], ["", "en-US,", ""], ["a", " ", "é"], ["en", ";", ""], ["a", "-", ""], [
      "",
      "de;q=0,",
      "",
    ]],
  },
  "User-Agent": {
    size: HEADER,
    read: deviceLabel,
    worst: [["naver(", "1.", ""], ["", "Edg", ""], ["", "Windows nt ", ""], ["", "Version/1 ", ""]],
  },
  "a cursor": {
    size: HEADER,
    read: (cursor) => v.safeParse(v.object(pagedBy(v.tuple([v.string(), v.string()]))), { cursor }),
    worst: [["", "A", ""], ["", "W1tb", ""], ["", "=", ""]],
  },
  "a name, a message of chat": {
    size: BODY,
    read: (text) => [nameOf(text), storable(text)],
    worst: [["", "\0", "a"], ["a", " ", "b"], ["", "\u202e", ""], ["a", "\u0301\u0316", ""], [
      "",
      "\ud800",
      "",
    ]],
  },
};

/** Parts of texts in a body or a query. */
const PARTS = [
  "a",
  "A",
  "1",
  "-",
  ".",
  "@",
  " ",
  "\t",
  "/",
  ";",
  "=",
  "é",
  "😀",
  "\ud800",
  "a.",
  "a@",
  "a-",
  "A=1;",
  "2026-",
  "+",
];

for (const [what, { size, read, worst }] of Object.entries(READERS)) {
  Deno.test(`reading ${what} takes at most linear time, for any input`, () => {
    for (const [before = "", part = "", behind = ""] of worst) check(what, size, read, before, part, behind);
  });
}

Deno.test("every schema of REST takes at most linear time, for any text", () => {
  for (const [name, schema] of Object.entries(schemas)) {
    if (typeof schema !== "object" || !("kind" in schema) || schema.kind !== "schema") continue;
    for (const part of PARTS) {
      check(name, BODY, (text) => v.safeParse(schema as v.GenericSchema, text), "", part, "!");
    }
  }
});

function check(
  what: string,
  size: number,
  read: (text: string) => unknown,
  before: string,
  part: string,
  behind: string,
): void {
  const inputOf = (size: number) => before + part.repeat(size / part.length) + behind;
  const work = (text: string) => {
    try {
      read(text);
    } catch (error) {
      if (!(error instanceof ProtocolFault) && !(error instanceof Error && "status" in error)) throw error;
    }
  };
  const large = inputOf(4 * size);
  work(large);
  const from = cpuMs();
  work(large);
  if (cpuMs() - from < WORTH_A_LOOK_MS) return;
  assertLinear(`${what}: ${JSON.stringify(before + part)}…`, size, inputOf, work);
}
