import type { Refusal, RefusalCode } from "@tafelrunde/protocol";
import type { FieldProblem } from "@tafelrunde/protocol/http";

/** An error that its code describes completely. */
type Plain = Readonly<Record<string, never>>;

/** A limit that is reached. */
interface LimitReached {
  readonly most: number;
}

/** An invalid part of the input: its dotted path ("settings.chat"), and what is wrong with it. */
export type InvalidInput = Pick<FieldProblem, "name" | "reason">;

/** The fields of a refusal. */
export type RefusalFields = Pick<Refusal, "retryAfterMs">;

/** All errors of the domain: the code, and the fields that belong to it. Refusals are among them. */
export interface DomainErrors extends Readonly<Record<RefusalCode, RefusalFields>> {
  /** An identity provider manages how the account signs in. */
  "account.federated": Plain;
  /** The account's last sign-in method would be removed. */
  "account.lastMethod": Plain;
  /** The person has to sign in again first. */
  "account.proofNeeded": Plain;
  "invitation.unknown": Plain;
  /** No API key may do this, whatever its scopes. */
  "key.notAllowed": Plain;
  /** The API key lacks this scope. */
  "key.scopeMissing": { readonly scope: string };
  /** The API key is unknown, expired or revoked. */
  "key.unknown": Plain;
  /** The limit of mails is reached; the time until the next, ms. */
  "mail.tooFrequent": { readonly retryAfterMs: number };
  /** The installation sends no mail; `mail`: the one that would be needed. */
  "mail.unavailable": { readonly mail: "confirmation" | "invitation" };
  "meeting.cancelled": Plain;
  /** `most` people are invited already. */
  "meeting.full": LimitReached;
  /** The first occurrence of a series cannot be split off. */
  "meeting.isFirst": Plain;
  "meeting.notSeries": Plain;
  /** Neither the meeting's owner nor an admin of the tenant. */
  "meeting.notYours": Plain;
  /** The owner has `most` meetings already. */
  "meeting.tooMany": LimitReached;
  /** The series has `most` exceptions already. */
  "meeting.tooManyExceptions": LimitReached;
  "meeting.unknown": Plain;
  /** An invalid logout token; what is wrong with it, for the provider's operator. */
  "oidc.logoutWrong": { readonly fault: string };
  /** The identity provider does not respond. */
  "oidc.unreachable": Plain;
  /** The series has no occurrence at this time. */
  "original.unknown": Plain;
  /** The account has `most` passkeys already. */
  "passkey.limit": LimitReached;
  /** The passkey is already registered. */
  "passkey.taken": Plain;
  /** The passkey is invalid. */
  "passkey.wrong": Plain;
  /** The password is too easy to guess. */
  "password.common": Plain;
  /** Another account of the tenant has this email address. */
  "person.emailTaken": Plain;
  /** The input is invalid; at least one part. */
  "request.invalid": { readonly invalid: readonly InvalidInput[] };
  /** The role in the room is too low. */
  "room.notAllowed": Plain;
  /** Another room of the tenant has this slug. */
  "room.slugTaken": Plain;
  /** The hasher is overloaded; when a retry makes sense, ms. */
  "signIn.busy": { readonly retryAfterMs: number };
  /** The address or the secret is wrong. */
  "signIn.wrong": Plain;
  /** The tenant has `most` rooms already. */
  "tenant.roomsSpent": LimitReached;
  /** The link was used, has expired or is mistyped. */
  "oneTimeLink.unknown": Plain;
  /** The object has changed since the version that the change is meant for. */
  "version.outdated": Plain;
}

export type DomainCode = keyof DomainErrors;

/**
 * The user or program cannot do this. Thrown by the domain, which knows no protocol;
 * edge/http/domain_problems.ts turns codes into responses.
 */
export class DomainError<Code extends DomainCode = DomainCode> extends Error {
  override readonly name = "DomainError";
  readonly code: Code;
  readonly fields: DomainErrors[Code];

  /** `fields`: only for codes that have some. */
  constructor(
    code: Code,
    ...fields: Plain extends DomainErrors[Code] ? [DomainErrors[Code]?] : [DomainErrors[Code]]
  ) {
    super(code);
    this.code = code;
    this.fields = fields[0] ?? {} as DomainErrors[Code];
  }
}

/** The error for invalid input; at least one part. */
export function invalidInput(...invalid: readonly InvalidInput[]): DomainError<"request.invalid"> {
  return new DomainError("request.invalid", { invalid });
}

/** A refusal, as an error. */
export function refusalError({ refused, ...fields }: Refusal): DomainError<RefusalCode> {
  return new DomainError(refused, fields);
}
