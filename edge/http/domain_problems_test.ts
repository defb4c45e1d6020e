import assert from "node:assert/strict";
import { type Refusal, REFUSAL_CODES } from "@tafelrunde/protocol";
import { Hono } from "hono";
import { type DomainCode, DomainError, invalidInput, refusalError } from "../errors.ts";
import { fieldProblem, problemResponse, unknown } from "./problem.ts";

/** What a client gets for an error: status, Retry-After, and the body without what follows from the code. */
async function responseTo(error: Error): Promise<[number, string | null, unknown]> {
  const app = new Hono();
  app.get("/", () => {
    throw error;
  });
  app.onError((thrown, c) => problemResponse(c, thrown));
  const response = await app.request("/");
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const { type, title, status, code, ...rest } = await response.json();
  assert.deepEqual([type, status], [`urn:tafelrunde:problem:${code}`, response.status]);
  assert.equal(typeof title, "string");
  return [response.status, response.headers.get("retry-after"), { code, ...rest }];
}

const refused = (refusal: Refusal) => responseTo(refusalError(refusal));

Deno.test("each of the domain's own errors has its response", async () => {
  const spoken: readonly [
    DomainError,
    number,
    string,
    field?: [string, string] | undefined,
    retryAfterS?: number,
  ][] = [
    [new DomainError("account.federated"), 409, "An identity provider manages how this account signs in."],
    [new DomainError("account.lastMethod"), 409, "This is the account's last sign-in method."],
    [new DomainError("account.proofNeeded"), 403, "Sign in again, then repeat the request."],
    [new DomainError("key.notAllowed"), 403, "API keys are not allowed to do this."],
    [new DomainError("key.scopeMissing", { scope: "a:b" }), 403, "The API key lacks the scope a:b."],
    [new DomainError("key.unknown"), 401, "The API key is unknown, expired or revoked."],
    [
      new DomainError("mail.tooFrequent", { retryAfterMs: 1_001 }),
      429,
      "The limit of mails is reached. Try again later.",
      undefined,
      2,
    ],
    [
      new DomainError("mail.unavailable", { mail: "confirmation" }),
      409,
      "This installation sends no mail.",
    ],
    [
      new DomainError("mail.unavailable", { mail: "invitation" }),
      409,
      "This installation sends no mail: invite people with an account, or pass the link on yourself.",
    ],
    [new DomainError("meeting.cancelled"), 409, "The meeting is cancelled."],
    [
      new DomainError("meeting.full", { most: 7 }),
      409,
      "A meeting can have at most 7 invited people.",
    ],
    [
      new DomainError("meeting.isFirst"),
      409,
      "This is the first occurrence: change or cancel the whole series.",
    ],
    [new DomainError("meeting.notSeries"), 409, "The meeting is not a series: change the meeting itself."],
    [
      new DomainError("meeting.notYours"),
      403,
      "Only the meeting's owner and the tenant's admins can change it.",
    ],
    [
      new DomainError("meeting.tooMany", { most: 7 }),
      409,
      "The owner has reached the limit of 7 meetings: delete some first.",
    ],
    [
      new DomainError("meeting.tooManyExceptions", { most: 7 }),
      409,
      "A series can have at most 7 exceptions.",
    ],
    [new DomainError("oidc.logoutWrong", { fault: "no token" }), 400, "no token"],
    [new DomainError("oidc.unreachable"), 503, "The identity provider does not respond."],
    [new DomainError("passkey.limit", { most: 7 }), 409, "An account can have at most 7 passkeys."],
    [new DomainError("passkey.taken"), 409, "This passkey is already registered."],
    [new DomainError("passkey.wrong"), 422, "The passkey is invalid."],
    [
      new DomainError("password.common"),
      422,
      "This password is too easy to guess.",
      ["password", "common"],
    ],
    [
      new DomainError("person.emailTaken"),
      409,
      "Another account of this tenant has this address.",
      ["email", "taken"],
    ],
    [new DomainError("room.notAllowed"), 403, "Your role in this room does not allow this."],
    [
      new DomainError("room.slugTaken"),
      409,
      "Another room of this tenant already has this slug.",
      ["slug", "taken"],
    ],
    [
      new DomainError("signIn.busy", { retryAfterMs: 5_000 }),
      503,
      "Too many passwords are being checked right now.",
      undefined,
      5,
    ],
    [new DomainError("signIn.wrong"), 401, "The address or the secret is wrong."],
    [
      new DomainError("tenant.roomsSpent", { most: 7 }),
      409,
      "This tenant has reached its limit of 7 rooms.",
    ],
    [new DomainError("oneTimeLink.unknown"), 404, "The link was used, has expired or is mistyped."],
    [new DomainError("version.outdated"), 412, "The resource has changed meanwhile. Read it again."],
  ];
  for (const [error, status, detail, field, retryAfterS] of spoken) {
    const fields = field && [{ in: "body", name: field[0], reason: field[1] }];
    const body = { code: error.code, detail, ...fields && { fields } };
    assert.deepEqual(await responseTo(error), [status, retryAfterS?.toString() ?? null, body]);
  }
});

Deno.test("what does not exist is a 404 that names the parameter of the path", async () => {
  for (const noun of ["invitation", "meeting", "original"] as const) {
    const answer = await responseTo(new DomainError(`${noun}.unknown` satisfies DomainCode));
    assert.deepEqual(answer, [404, null, {
      code: `${noun}.unknown`,
      detail: "Not found, or you have no access.",
      fields: [{ in: "path", name: noun, reason: "unknown" }],
    }]);
    assert.deepEqual(answer, await responseTo(unknown(noun)));
  }
});

Deno.test("invalid input is a 422 that names each part of the body", async () => {
  const answer = await responseTo(
    invalidInput({ name: "people.3", reason: "unknown" }, { name: "", reason: "json" }),
  );
  assert.deepEqual(answer, [422, null, {
    code: "request.invalid",
    detail: "people.3: unknown, body: json",
    fields: [{ in: "body", name: "people.3", reason: "unknown" }, { in: "body", name: "", reason: "json" }],
  }]);
  const same = fieldProblem(
    { in: "body", name: "people.3", reason: "unknown" },
    { in: "body", name: "", reason: "json" },
  );
  assert.deepEqual(answer, await responseTo(same));
});

Deno.test("a refusal is a 429 for now, a 503 if the client is not the cause, and otherwise a 409", async () => {
  const detail = "Too many requests.";
  for (const code of REFUSAL_CODES.filter((code) => code.endsWith(".tooFrequent"))) {
    assert.deepEqual(await refused({ refused: code, retryAfterMs: 2_001 }), [429, "3", { code, detail }]);
    assert.deepEqual(await refused({ refused: code }), [429, "1", { code, detail }]);
  }
  for (const code of ["room.busy", "store.unavailable"] as const) {
    assert.deepEqual(await refused({ refused: code }), [503, "1", {
      code,
      detail: "Temporarily unavailable.",
    }]);
  }
  for (const code of ["room.full", "link.expired", "password.wrong"] as const) {
    assert.deepEqual(await refused({ refused: code }), [409, null, { code }]);
  }
  assert.deepEqual(await refused({ refused: "room.unknown" }), [404, null, {
    code: "room.unknown",
    detail: "Not found, or you have no access.",
    fields: [{ in: "path", name: "room", reason: "unknown" }],
  }]);
});
