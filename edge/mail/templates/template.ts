import { ACCOUNT_MAILS } from "./account.ts";
import type { Language } from "@tafelrunde/protocol";
import { renderAnswersMail } from "./answers.ts";
import { renderMeetingMail } from "./meeting.ts";
import type { Page } from "../page.ts";

/** Content of a mail, with all that its text needs. Instants are ms. */
export type MailContent =
  /** Invitation to set up an account; `url` is valid once, until `expiresAt`. */
  | {
    readonly kind: "account.invited";
    readonly tenantName: string;
    readonly inviterName: string;
    readonly url: string;
    readonly expiresAt: number;
  }
  /** Somebody (hopefully the recipient) has forgotten their password. */
  | {
    readonly kind: "password.forgotten";
    readonly tenantName: string;
    readonly url: string;
    readonly expiresAt: number;
  }
  /**
   * Somebody (hopefully the recipient) wants this address for their account; `url` is valid once, until
   * `expiresAt`.
   */
  | {
    readonly kind: "email.confirm";
    readonly tenantName: string;
    readonly url: string;
    readonly expiresAt: number;
  }
  /** The recipient's account has a new address. */
  | { readonly kind: "email.changed"; readonly tenantName: string; readonly email: string }
  /** To the owner of a meeting: new answers. `more`: how many are not listed. */
  | {
    readonly kind: "meeting.answered";
    readonly title: string;
    readonly answers: readonly {
      readonly name: string;
      readonly answer: "accepted" | "tentative" | "declined";
    }[];
    readonly more: number;
    readonly url: string;
    /** Page to switch these mails off. */
    readonly settingsUrl: string;
  }
  | MeetingMail;

/**
 * To a person invited to a meeting: the invitation, a change, an earlier end, a cancellation, a withdrawal.
 */
export interface MeetingMail {
  readonly kind:
    | "meeting.invited"
    | "meeting.changed"
    | "meeting.shortened"
    | "meeting.cancelled"
    | "meeting.withdrawn";
  readonly title: string;
  readonly description: string;
  readonly ownerName: string;
  /** The next occurrence; null: a permanent meeting. */
  readonly when: {
    readonly startsAt: number;
    readonly endsAt: number;
    readonly timeZone: string;
    /** "WEEKLY"; null: it takes place once, or at longer intervals, for which listed dates are clearer. */
    readonly frequency: string | null;
    /** Some of the later occurrences. */
    readonly laterAt: readonly number[];
  } | null;
  readonly joinUrl: string;
  readonly answerUrl: string;
  /** The one occurrence that has changed; `is` null: it is cancelled. */
  readonly changed?: {
    readonly wasAt: number;
    readonly is: { readonly startsAt: number; readonly endsAt: number } | null;
  } | undefined;
  /** Start of the last occurrence of a series that now ends earlier. */
  readonly lastAt?: number | undefined;
}

/** Writes the text of a mail. */
export function renderMail(content: MailContent, language: Language): Page {
  switch (content.kind) {
    case "account.invited":
      return ACCOUNT_MAILS[language].invited(content);
    case "password.forgotten":
      return ACCOUNT_MAILS[language].passwordForgotten(content);
    case "email.confirm":
      return ACCOUNT_MAILS[language].emailConfirm(content);
    case "email.changed":
      return ACCOUNT_MAILS[language].emailChanged(content);
    case "meeting.answered":
      return renderAnswersMail(content, language);
    case "meeting.invited":
    case "meeting.changed":
    case "meeting.shortened":
    case "meeting.cancelled":
    case "meeting.withdrawn":
      return renderMeetingMail(content, language);
    default:
      return content satisfies never;
  }
}
