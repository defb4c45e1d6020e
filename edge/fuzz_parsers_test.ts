/**
 * Fuzzes every parser and matcher of an edge and a media node for texts of strangers, and the writers of
 * other formats.
 */
import assert from "node:assert/strict";
import { accepts, acceptsLanguages } from "@std/http/negotiation";
import { closeReason, cutText, isVisible, parseDown, parseUp, ProtocolFault } from "@tafelrunde/protocol";
import * as http from "@tafelrunde/protocol/http";
import { logLine } from "@tafelrunde/protocol/process/log_share";
import { mediaAnswer, mediaNotices, mediaRequests } from "@tafelrunde/protocol/media";
import { readRtpCapabilities, readRtpParameters } from "@tafelrunde/protocol/rtp";
import { Context } from "hono";
import * as v from "valibot";
import { fuzzParsers, type Parser, SEED } from "../tools/fuzz/parsers.ts";
import { readConfig } from "./config.ts";
import { readDevice } from "./http/device_cookie.ts";
import { parseBody } from "./http/body.ts";
import { readIdempotencyKey } from "./http/idempotency.ts";
import { requestOrigin } from "./http/origin.ts";
import { pagedBy } from "./http/paging.ts";
import { isKnown, readIfMatch } from "./http/precondition.ts";
import { readSessionCookie } from "./http/session_cookie.ts";
import { deviceLabel } from "./identity/device_label.ts";
import { readerKey } from "./mail/reader.ts";
import { contentLine, contentLines, textValue } from "./meetings/content_line.ts";
import { findTimeFault } from "./meetings/series.ts";
import { addressKey, clientKey, parseTrustedProxies } from "./network_address.ts";
import { nameOf } from "./participant_name.ts";
import type { Db } from "./store/schema.ts";
import { storable } from "./text.ts";

/** Lengths that are accepted: a body or message, a header, a chat message, a name. */
const BODY = 62_000;
const HEADER = 14_000;

const UUID = "0f8fad5b-d9cb-469f-a165-70867728950e";

const env: Record<string, string> = {
  CLUSTER_KEY: "a cluster key for tests and not for anything else",
  TRUSTED_PROXIES: "1",
};
const config = readConfig((name) => env[name]);
const sites = { db: {} as Db, config };

const contextWith = (name: string, value: string) => {
  let headers: Headers;
  try {
    headers = new Headers({ [name]: value });
  } catch {
    return undefined;
  }
  return new Context(new Request("http://meet.example/", { headers }));
};

/** A header as a request can have it; values that HTTP itself rejects are not read. */
const header = (name: string, read: (c: Context) => unknown, samples: readonly string[]): Parser => ({
  samples,
  longest: HEADER,
  read: (text) => {
    const c = contextWith(name, text);
    return c && read(c);
  },
});

const plain = (read: (text: string) => unknown, ...samples: string[]): Parser => ({
  samples,
  longest: BODY,
  read,
});

const json = (read: (value: unknown) => unknown, ...samples: unknown[]): Parser => ({
  samples: samples.map((sample) => JSON.stringify(sample)),
  longest: BODY,
  read: (text) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    return read(value);
  },
});

const schema = (of: v.GenericSchema, ...samples: unknown[]) =>
  json((value) => v.safeParse(of, value), ...samples);

const isObject = (value: unknown): value is never =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const meeting = {
  start: "2027-03-27T02:30",
  timeZone: "Europe/Berlin",
  durationMinutes: 30,
  recurrence: "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20271231T225959Z",
};

const rtp = {
  mid: "0",
  codecs: [{
    mimeType: "video/VP8",
    payloadType: 96,
    clockRate: 90000,
    parameters: { "x-google-start-bitrate": 1000 },
    rtcpFeedback: [{ type: "nack", parameter: "pli" }],
  }],
  headerExtensions: [{ uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 1, encrypt: false, parameters: {} }],
  encodings: [{ ssrc: 1234, rtx: { ssrc: 1235 }, scalabilityMode: "L1T3", maxBitrate: 900000 }],
  rtcp: { cname: "a", reducedSize: true },
};

/** Whether the error means that the text was refused. */
function isRefused(error: unknown): boolean {
  return error instanceof ProtocolFault ||
    (error instanceof Error && "status" in error && Number(error.status) < 500);
}

const PARSERS: Readonly<Record<string, Parser>> = {
  "a body of JSON": {
    samples: [
      '{"name":"Rat","settings":{"waitingRoom":"all"},"password":null}',
      '[1,-2.5e3,true,"\\u00e4\\n"]',
    ],
    longest: BODY,
    read: (text) => parseBody(contextWith("content-type", "application/json")!, text, ["application/json"]),
  },
  "a form": {
    samples: ["logout_token=a.b.c&x=%C3%A4+1"],
    longest: BODY,
    read: (text) =>
      parseBody(
        contextWith("content-type", "application/x-www-form-urlencoded")!,
        text,
        ["application/x-www-form-urlencoded"],
      ),
  },
  "a client's message": {
    samples: [
      `{"type":"hello","version":3,"room":"aaaa-bbbb-cccc","link":"${
        "A".repeat(22)
      }","tab":"${UUID}","peer":"none"}`,
      `{"type":"chat.post","id":"${UUID}","text":"Hallo"}`,
      `{"type":"track.publish","id":"${UUID}","trackId":"${UUID}","source":"camera","muted":false,"rtpParameters":${
        JSON.stringify(rtp)
      }}`,
      '{"type":"view.set","tracks":[]}',
      `{"type":"quiz.open","id":"${UUID}","question":{"text":"Who?"}}`,
    ],
    longest: BODY,
    read: (text) => assert.equal(typeof parseUp(text).type, "string"),
  },
  "an edge's message": plain(
    parseDown,
    '{"type":"pong","n":1}',
    `{"type":"refused","cause":"${UUID}","code":"room.busy","retryAfterMs":1000}`,
  ),
  "RTP parameters": json((value) => isObject(value) && readRtpParameters(value), rtp),
  "RTP capabilities": json(
    (value) => isObject(value) && readRtpCapabilities(value),
    {
      codecs: [{
        kind: "audio",
        mimeType: "audio/opus",
        clockRate: 48000,
        channels: 2,
        preferredPayloadType: 111,
      }],
      headerExtensions: [],
    },
  ),
  "requests, answers and notices of the control channel": json(
    (value) => {
      for (const one of [...Object.values(mediaRequests), ...Object.values(mediaNotices), mediaAnswer]) {
        v.safeParse(one as v.GenericSchema, value);
      }
    },
    { type: "peer.close", id: 1, roomId: "aaaa-bbbb-cccc", peerId: "a".repeat(26) },
    { id: 1, ok: true, answer: {} },
  ),
  "a cookie": header("cookie", (c) => [readDevice(c, config), readSessionCookie(c, config)], [
    `tafelrunde=${"A".repeat(22)}; tafelrunde-session=${"B".repeat(43)}`,
    '__Host-tafelrunde="a"; a=%41%zz',
  ]),
  "If-None-Match": header("if-none-match", (c) => isKnown(c, '"1"'), ['W/"1", "2"', "*"]),
  "If-Match": header("if-match", readIfMatch, ['"1"', "*", 'W/"1"']),
  "Idempotency-Key": header("idempotency-key", readIdempotencyKey, [UUID]),
  "Accept": header("accept", (c) => accepts(c.req.raw, "application/json", "text/html"), [
    'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8;v="b,c"',
  ]),
  "Accept-Language": header("accept-language", (c) => acceptsLanguages(c.req.raw, "en", "de"), [
    "de-DE,de;q=0.9,en-US;q=0.8,*;q=0.1",
  ]),
  "Host": header("host", (c) => requestOrigin(c, sites), ["meet.example.org:8443", "[::1]:80", "127.0.0.1"]),
  "User-Agent": header("user-agent", (c) => deviceLabel(c.req.header("user-agent")), [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36",
  ]),
  "X-Forwarded-For": {
    samples: ["203.0.113.7, [2001:db8::1]:443, ::ffff:10.0.0.1", '"[fe80::1%eth0]:80"', "unknown"],
    longest: HEADER,
    read: (text) => {
      const keys = [
        addressKey(text),
        clientKey("10.0.0.1", text, { count: 9 }),
        clientKey("10.0.0.1", text, parseTrustedProxies("10.0.0.0/8")!),
      ];
      for (const key of keys) assert.match(key, /^(unknown|\d+(\.\d+){3}|[0-9a-f]+(:[0-9a-f]+){3}::\/64)$/);
    },
  },
  "a cursor": {
    samples: [btoa('["2026-11-30","aaaa"]').replaceAll("=", ""), "W10"],
    longest: HEADER,
    read: (cursor) => v.safeParse(v.object(pagedBy(v.tuple([v.string(), v.string()]))), { cursor }),
  },
  "an instant": schema(http.Time, "2026-11-30T04:27:36.123Z", "2026-11-30T04:27:36+01:00"),
  "a local time": schema(http.LocalTime, "2027-03-27T02:30"),
  "an address of e-mail": {
    samples: ["anna.b+c@example.org", '"a b"@xn--mlln-6qa.example'],
    longest: BODY,
    read: (text) => [v.safeParse(http.SetEmail, { email: text }), readerKey(text)],
  },
  "a recurrence": {
    samples: [meeting.recurrence, "FREQ=MONTHLY;BYDAY=-1FR;COUNT=12"],
    longest: BODY,
    read: (recurrence) => {
      const { success, output } = v.safeParse(http.MeetingTime, { ...meeting, recurrence });
      if (success) findTimeFault(output);
    },
  },
  "a time zone": {
    samples: ["Europe/Berlin", "Etc/GMT+12"],
    longest: BODY,
    read: (timeZone) => v.safeParse(http.MeetingTime, { ...meeting, recurrence: null, timeZone }),
  },
  "a name": {
    samples: ["Anna Müller", "👩‍👩‍👧 Łukasz", "مريم"],
    longest: BODY,
    read: (text) => {
      const name = nameOf(text);
      // deno-lint-ignore no-control-regex
      if (typeof name === "string") assert.doesNotMatch(name, /[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
      return isVisible(text);
    },
  },
  "text that is stored": plain(
    (text) => assert.ok(!storable(text).includes("\0") && storable(text).isWellFormed()),
    "Hallo",
  ),
  "text that is cut": plain((text) => assert.ok(cutText(text, 80).length <= 80), "Anna 👩‍👩‍👧 é"),
  "a close reason": plain((text) => {
    const reason = closeReason("malformed", text);
    assert.match(reason, /^[\x20-\x7e]{0,123}$/);
  }, "hello: wrong version"),
  "a line of a log": plain((text) => {
    const line = logLine("error", "room.store", { error: text });
    assert.ok(line.length < 26_000 && !line.includes("\n"));
  }, "Error: no"),
  "text in a calendar": plain(
    (text) => {
      const file = contentLines([
        contentLine("SUMMARY", textValue(text)),
        contentLine("ATTENDEE", "mailto:a@example.org", { CN: text }),
      ]);
      for (const line of file.split("\r\n")) {
        assert.ok(new TextEncoder().encode(line).length <= 75);
        // deno-lint-ignore no-control-regex
        assert.doesNotMatch(line, /[\u0000-\u0008\u000a-\u001f]/);
      }
      // User text starts no property of its own.
      assert.deepEqual(
        file.replaceAll("\r\n ", "").split("\r\n").map((line) => line.slice(0, 3)),
        ["SUM", "ATT", ""],
      );
    },
    "Rat; Sitzung, 1\nBEGIN:VEVENT",
    'Anna "A" Müller',
  ),
  ...Object.fromEntries(
    Object.entries(http).flatMap(([name, one]) =>
      typeof one === "object" && "kind" in one && one.kind === "schema"
        ? [[
          `the schema ${name}`,
          schema(one as unknown as v.GenericSchema, "a", {}, ["a"], { name: "a", email: "a@b.c" }),
        ]]
        : []
    ),
  ),
};

Deno.test(`every parser and matcher for strangers' text survives any input, in linear time (seed ${SEED})`, async () => {
  await fuzzParsers(PARSERS, 3 / 4, isRefused);
});
