/**
 * Fuzzes messages between edges and media nodes, and input of strangers that passes through several parsers:
 * headers that redirect to another address, an authenticator's signed data, a provider's claims about people,
 * text of people in mails.
 */
import assert from "node:assert/strict";
import { acceptsEncodings } from "@std/http/negotiation";
import { parse, ProtocolFault, requestIdOf, up } from "@tafelrunde/protocol";
import { cascadeAnswer, cascadeAnswers, cascadeNotices, cascadeRequests } from "@tafelrunde/protocol/cascade";
import * as http from "@tafelrunde/protocol/http";
import {
  controlHandshake,
  mediaAnswer,
  mediaAnswers,
  mediaNotices,
  mediaRequests,
} from "@tafelrunde/protocol/media";
import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { Context } from "hono";
import { decodeJwt, decodeProtectedHeader } from "jose";
import * as v from "valibot";
import { type Corpus, readCorpus } from "../tools/fuzz/corpus.ts";
import { fuzzParsers, type IsRefused, type Parser, SEED } from "../tools/fuzz/parsers.ts";
import { readConfig } from "./config.ts";
import { parseBody } from "./http/body.ts";
import { refuseForeignOrigin, requestOrigin } from "./http/origin.ts";
import { readClaims } from "./identity/oidc/claims.ts";
import { readProviders } from "./identity/oidc/provider_config.ts";
import { renderMail } from "./mail/templates/template.ts";
import { pageHtml, pageText } from "./mail/page.ts";
import type { Db } from "./store/schema.ts";
import { sortName } from "./store/sort_name.ts";

/** Longest texts: a body or message, a header. */
const BODY = 62_000;
const HEADER = 14_000;

const env: Record<string, string> = {
  CLUSTER_KEY: "a cluster key for tests and not for anything else",
  PUBLIC_URL: "https://meet.example",
  TRUSTED_PROXIES: "1",
  OIDC_ISSUER: "https://id.example",
  OIDC_CLIENT_ID: "tafelrunde",
  OIDC_GROUPS_CLAIM: "realm_access.roles",
};
const config = readConfig((name) => env[name]);
const [provider] = readProviders((name) => env[name], []);
/** An empty database. */
const nothing: unknown = new Proxy(() => {}, {
  get: (_target, name) =>
    name === "then" ? undefined : name === "executeTakeFirst" ? () => undefined : nothing,
  apply: () => nothing,
});
const sites = { db: nothing as Db, config };

const corpus = await readCorpus();
const recorded = (...parts: readonly (keyof Corpus)[]) =>
  parts.flatMap((part) => corpus[part].map(({ message }) => JSON.stringify(message)));

/** One direction of a channel: a text is either refused, or its result is a message that can be forwarded. */
const channel = (schemas: Readonly<Record<string, v.GenericSchema>>, samples: readonly string[]): Parser => ({
  samples,
  longest: BODY,
  read: (text) => {
    const id = requestIdOf(text);
    assert.ok(id === undefined || Number.isSafeInteger(id));
    const message = parse(schemas, text) as { type: string };
    assert.ok(Object.hasOwn(schemas, message.type));
    const again = JSON.stringify(message);
    assert.deepEqual(parse(schemas, again), JSON.parse(again));
  },
});

const answers = (
  answer: v.GenericSchema,
  all: Readonly<Record<string, v.GenericSchema>>,
  samples: readonly string[],
): Parser => ({
  samples,
  longest: BODY,
  read: (text) => {
    const { success, output } = v.safeParse(answer, jsonOf(text));
    const ok = success ? (output as { ok?: unknown }).ok : undefined;
    for (const one of Object.values(all)) v.safeParse(one, ok);
  },
});

const header = (name: string, samples: readonly string[], read: (c: Context) => unknown): Parser => ({
  samples,
  longest: HEADER,
  read: (text) => {
    let headers: Headers;
    try {
      headers = new Headers({ host: "meet.example", [name]: text });
    } catch {
      return;
    }
    return read(new Context(new Request("http://meet.example/", { headers })));
  },
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const base64url = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });
const bytesOf = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0) & 255);

const CHALLENGE = "Y2hhbGxlbmdl";
const clientData = (type: string) =>
  base64url(
    new TextEncoder().encode(
      JSON.stringify({ type: `webauthn.${type}`, challenge: CHALLENGE, origin: "https://meet.example" }),
    ),
  );
const RP_ID_HASH = new Uint8Array(
  await crypto.subtle.digest("SHA-256", new TextEncoder().encode("meet.example")),
);
const latin1 = (bytes: readonly number[]) => String.fromCharCode(...bytes);

/**
 * Authenticator data; flags: user present, user verified, attested credential data included. Source: WebAuthn
 * 3 §6.1.
 */
const AUTHENTICATOR = latin1([
  ...RP_ID_HASH,
  0x45,
  0,
  0,
  0,
  1,
  ...Array<number>(16).fill(0),
  0,
  4,
  1,
  2,
  3,
  4,
]);
/** A P-256 key in COSE's CBOR. Source: RFC 9053 §7.1. */
const COSE_KEY = `${latin1([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32])}${"x".repeat(32)}${
  latin1([0x22, 0x58, 32])
}${"y".repeat(32)}`;

const attestation = (data: string) => {
  const bytes = bytesOf(data);
  const head = [0xa3, 0x63, ...bytesOf("fmt"), 0x64, ...bytesOf("none"), 0x67, ...bytesOf("attStmt"), 0xa0];
  const length = [0x59, bytes.length >> 8 & 255, bytes.length & 255];
  return Uint8Array.from([...head, 0x68, ...bytesOf("authData"), ...length, ...bytes]);
};

const expected = {
  expectedChallenge: CHALLENGE,
  expectedOrigin: "https://meet.example",
  expectedRPID: "meet.example",
  requireUserVerification: true,
};
const shown = { id: "AQIDBA", rawId: "AQIDBA", type: "public-key" as const, clientExtensionResults: {} };

/** No made-up credential is verified. */
async function refusesPasskey(verify: Promise<{ readonly verified: boolean }>): Promise<void> {
  const { verified } = await verify.catch(() => ({ verified: false }));
  assert.equal(verified, false);
}

const [MARK, QUOTE] = [/</g, /"/g];
const marksOf = async (text: string) => {
  // A title and a name are one line.
  const line = v.safeParse(http.CreateMeeting, { title: text, time: null }).success ? text : "Rat";
  const page = renderMail({
    kind: "meeting.invited",
    title: line,
    description: `Agenda: ${text}`,
    ownerName: line,
    when: null,
    joinUrl: "https://meet.example/r/a",
    answerUrl: "https://meet.example/i/a",
  }, "en");
  assert.doesNotMatch(page.subject, /[\r\n]/);
  pageText(page);
  const html = await pageHtml(page, "en");
  return [MARK, QUOTE].map((sign) => html.match(sign)?.length);
};
const MARKS = await marksOf("Rat");

const isRefused: IsRefused = (error) =>
  error instanceof ProtocolFault ||
  (error instanceof Error && "status" in error && Number(error.status) < 500);

const PARSERS: Readonly<Record<string, Parser>> = {
  "a message of a client, as recorded": channel(up, recorded("client")),
  "a request of an edge": channel(mediaRequests, recorded("request")),
  "a notice of a media node": channel(mediaNotices, recorded("notice")),
  "an answer of a media node": answers(mediaAnswer, mediaAnswers, recorded("answer")),
  "a request of another node": channel(cascadeRequests, recorded("cascadeRequest")),
  "a notice of another node": channel(cascadeNotices, recorded("cascadeNotice")),
  "an answer of another node": answers(cascadeAnswer, cascadeAnswers, recorded("cascadeAnswer")),
  "a handshake": channel(controlHandshake, [
    `{"type":"auth","versions":[1,1],"edgeId":"y3vmxuzfzwj4q7u4","nonce":"${"A".repeat(22)}","proof":"${
      "A".repeat(43)
    }"}`,
  ]),
  "Accept-Encoding": header(
    "accept-encoding",
    ["gzip;q=0.8, br, *;q=0", "identity"],
    (c) => acceptsEncodings(c.req.raw, "br", "gzip", "identity"),
  ),
  "Content-Type": header(
    "content-type",
    ["application/json; charset=utf-8", 'application/x-www-form-urlencoded; a="b;c"'],
    (c) => parseBody(c, "{}", ["application/json", "application/x-www-form-urlencoded"]),
  ),
  "Origin": header(
    "origin",
    ["https://meet.example", "null", "https://meet.example.:443"],
    (c) => refuseForeignOrigin(c, sites),
  ),
  "X-Forwarded-Host": header(
    "x-forwarded-host",
    ["meet.example, other.example:8443", "[::1]"],
    (c) => requestOrigin(c, sites),
  ),
  "X-Forwarded-Proto": header("x-forwarded-proto", ["https", "http,https"], (c) => requestOrigin(c, sites)),
  "a path and a query": {
    samples: ["v1/rooms/aaaa-bbbb-cccc?after=W10&limit=20", "assets/%C3%A4.js", "..%2f..%2fetc/passwd"],
    longest: HEADER,
    read: (text) => {
      if (!URL.canParse(`http://meet.example/${text}`)) return;
      const { req } = new Context(new Request(`http://meet.example/${text}`));
      assert.ok(req.path.startsWith("/"));
      return [req.query(), req.queries()];
    },
  },
  "what an authenticator signed": {
    samples: [AUTHENTICATOR + COSE_KEY, AUTHENTICATOR],
    longest: HEADER,
    read: (data) =>
      refusesPasskey(verifyAuthenticationResponse({
        ...expected,
        response: {
          ...shown,
          response: {
            clientDataJSON: clientData("get"),
            authenticatorData: base64url(bytesOf(data)),
            signature: "AQIDBA",
          },
        },
        credential: { id: shown.id, publicKey: Uint8Array.from(bytesOf(COSE_KEY)), counter: 0 },
      })),
  },
  "what an authenticator made": {
    samples: [latin1([...attestation(AUTHENTICATOR + COSE_KEY)]), latin1([0xbf, 0x9f, 0x5f, 0xff])],
    longest: HEADER,
    read: async (data) => {
      await verifyRegistrationResponse({
        ...expected,
        response: {
          ...shown,
          response: { clientDataJSON: clientData("create"), attestationObject: base64url(bytesOf(data)) },
        },
      }).catch(() => undefined);
    },
  },
  "a body with a passkey": {
    samples: [
      JSON.stringify({
        credential: {
          ...shown,
          response: { clientDataJSON: clientData("get"), authenticatorData: "AQIDBA", signature: "AQIDBA" },
        },
      }),
    ],
    longest: BODY,
    read: (text) => [http.PasskeySignIn, http.AddPasskey].map((one) => v.safeParse(one, jsonOf(text))),
  },
  "a token of a provider": {
    samples: [`${btoa('{"alg":"RS256"}')}.${btoa('{"iss":"https://id.example","sub":"a"}')}.AAAA`],
    longest: BODY,
    read: (token) => {
      for (const decode of [decodeProtectedHeader, decodeJwt]) {
        try {
          decode(token);
        } catch (error) {
          // logout.ts handles it as: no token.
          assert.ok(error instanceof Error);
        }
      }
    },
  },
  "what a provider says of somebody": {
    samples: [
      JSON.stringify({
        iss: "https://id.example",
        sub: "a",
        given_name: "Anna",
        family_name: "Müller",
        email: "anna@example.org",
        email_verified: "true",
        realm_access: { roles: ["/Rat/Leitung", "b c"] },
      }),
    ],
    longest: BODY,
    read: (text) => {
      const claims = jsonOf(text);
      if (typeof claims !== "object" || claims === null) return;
      const { name } = readClaims({ token: { iss: "a", sub: "b", ...claims } }, provider!);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(name ?? "", /[\u0000-\u001f@]/);
    },
  },
  "text in a mail": {
    samples: ["Rat & <b>Sitzung</b>\r\nBcc: a@example.org", '"><script>'],
    longest: BODY,
    read: async (text) => assert.deepEqual(await marksOf(text), MARKS),
  },
  "a name to sort by": { samples: ["Élodie Łukasz", "ﬃ İ ẞ"], longest: BODY, read: sortName },
};

Deno.test(`messages of edges, nodes, providers and authenticators are read or refused, whatever they are, in linear time (seed ${SEED})`, async () => {
  await fuzzParsers(PARSERS, 1 / 4, isRefused);
});
