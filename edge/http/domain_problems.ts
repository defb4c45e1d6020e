import { isForNow, REFUSAL_CODES, type RefusalCode } from "@tafelrunde/protocol";
import type { FieldProblem } from "@tafelrunde/protocol/http";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { DomainCode, DomainError, DomainErrors, RefusalFields } from "../errors.ts";

/** What a response says about an error, besides its code. */
export interface ProblemParts {
  readonly status: ContentfulStatusCode;
  /** For people. */
  readonly detail?: string;
  /** The invalid parts of the request. */
  readonly fields?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Retry-After of refusals that do not say when, ms. */
const RETRY_MS = 1_000;

/** The parts of a problem, by the code of the error. */
type Table<Code extends DomainCode> = {
  readonly [One in Code]: (fields: DomainErrors[One]) => ProblemParts;
};

/** Every code that the domain can throw, with its response. */
const PARTS: Table<DomainCode> = {
  ...Object.fromEntries(
    REFUSAL_CODES.map((code) => [code, (fields: RefusalFields) => refusalParts(code, fields)]),
  ) as Table<RefusalCode>,
  "account.federated": always(409, "An identity provider manages how this account signs in."),
  "account.lastMethod": always(409, "This is the account's last sign-in method."),
  "account.proofNeeded": always(403, "Sign in again, then repeat the request."),
  "invitation.unknown": () => notFound("invitation"),
  "key.notAllowed": always(403, "API keys are not allowed to do this."),
  "key.scopeMissing": ({ scope }) => ({ status: 403, detail: `The API key lacks the scope ${scope}.` }),
  "key.unknown": always(401, "The API key is unknown, expired or revoked."),
  "mail.tooFrequent": ({ retryAfterMs }) => ({
    status: 429,
    detail: "The limit of mails is reached. Try again later.",
    headers: retryAfter(retryAfterMs),
  }),
  "mail.unavailable": ({ mail }) => ({
    status: 409,
    detail: mail === "confirmation"
      ? "This installation sends no mail."
      : "This installation sends no mail: invite people with an account, or pass the link on yourself.",
  }),
  "meeting.cancelled": always(409, "The meeting is cancelled."),
  "meeting.full": ({ most }) => ({
    status: 409,
    detail: `A meeting can have at most ${most} invited people.`,
  }),
  "meeting.isFirst": always(409, "This is the first occurrence: change or cancel the whole series."),
  "meeting.notSeries": always(409, "The meeting is not a series: change the meeting itself."),
  "meeting.notYours": always(403, "Only the meeting's owner and the tenant's admins can change it."),
  "meeting.tooMany": ({ most }) => ({
    status: 409,
    detail: `The owner has reached the limit of ${most} meetings: delete some first.`,
  }),
  "meeting.tooManyExceptions": ({ most }) => ({
    status: 409,
    detail: `A series can have at most ${most} exceptions.`,
  }),
  "meeting.unknown": () => notFound("meeting"),
  "oidc.logoutWrong": ({ fault }) => ({ status: 400, detail: fault }),
  "oidc.unreachable": always(503, "The identity provider does not respond."),
  "original.unknown": () => notFound("original"),
  "passkey.limit": ({ most }) => ({ status: 409, detail: `An account can have at most ${most} passkeys.` }),
  "passkey.taken": always(409, "This passkey is already registered."),
  "passkey.wrong": always(422, "The passkey is invalid."),
  "password.common": always(422, "This password is too easy to guess.", {
    in: "body",
    name: "password",
    reason: "common",
  }),
  "person.emailTaken": always(409, "Another account of this tenant has this address.", {
    in: "body",
    name: "email",
    reason: "taken",
  }),
  "request.invalid": ({ invalid }) => invalidFields(invalid.map((part) => ({ in: "body", ...part }))),
  "room.notAllowed": always(403, "Your role in this room does not allow this."),
  "room.slugTaken": always(409, "Another room of this tenant already has this slug.", {
    in: "body",
    name: "slug",
    reason: "taken",
  }),
  "signIn.busy": ({ retryAfterMs }) => ({
    status: 503,
    detail: "Too many passwords are being checked right now.",
    headers: retryAfter(retryAfterMs),
  }),
  "signIn.wrong": always(401, "The address or the secret is wrong."),
  "tenant.roomsSpent": ({ most }) => ({
    status: 409,
    detail: `This tenant has reached its limit of ${most} rooms.`,
  }),
  "oneTimeLink.unknown": always(404, "The link was used, has expired or is mistyped."),
  "version.outdated": always(412, "The resource has changed meanwhile. Read it again."),
};

/** The response to an error of the domain. */
export function partsOf<Code extends DomainCode>({ code, fields }: DomainError<Code>): ProblemParts {
  return PARTS[code](fields);
}

/** 422 that lists the invalid parts of the request. */
export function invalidFields(fields: readonly FieldProblem[]): ProblemParts {
  const detail = fields.map(({ in: place, name, reason }) => `${name || place}: ${reason}`).join(", ");
  return { status: 422, detail, fields };
}

/**
 * 404 for something that does not exist or that the caller may not see: both look the same. `noun` is the
 * name of its path parameter.
 */
export function notFound(noun: string): ProblemParts {
  return {
    status: 404,
    detail: "Not found, or you have no access.",
    fields: [{ in: "path", name: noun, reason: "unknown" }],
  };
}

/** A response that is the same for all errors with a code; `field`: the invalid part of the request. */
function always(
  status: ContentfulStatusCode,
  detail: string,
  field?: FieldProblem,
): () => ProblemParts {
  return () => ({ status, detail, ...field && { fields: [field] } });
}

/**
 * 429 for a refusal for now, or 503 if the client is not the cause; 404 for a room that the client cannot
 * see; 409 for all others.
 */
function refusalParts(code: RefusalCode, { retryAfterMs = RETRY_MS }: RefusalFields): ProblemParts {
  if (code === "room.unknown") return notFound("room");
  if (!isForNow({ refused: code })) return { status: 409 };
  const isOurs = code === "room.busy" || code === "store.unavailable";
  return {
    status: isOurs ? 503 : 429,
    detail: isOurs ? "Temporarily unavailable." : "Too many requests.",
    headers: retryAfter(retryAfterMs),
  };
}

function retryAfter(ms: number): Readonly<Record<string, string>> {
  return { "retry-after": String(Math.ceil(ms / 1000)) };
}
