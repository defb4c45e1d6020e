import { ACCOUNT_WORDS } from "./account_words.ts";
import type { Language } from "./language.ts";
import { writeAnswersLetter } from "./answers_words.ts";
import { writeMeetingLetter } from "./meeting_words.ts";
import type { Page } from "./page.ts";

/** What a mail is about, with all that its words need. Instants are ms. */
export type Letter =
  /** Somebody may make an account; `url` is good once, until `expiresAt`. */
  | {
    readonly kind: "account.invited";
    readonly tenantName: string;
    readonly inviterName: string;
    readonly url: string;
    readonly expiresAt: number;
  }
  /** Somebody (the reader, one hopes) has forgotten their password. */
  | {
    readonly kind: "password.forgotten";
    readonly tenantName: string;
    readonly url: string;
    readonly expiresAt: number;
  }
  /** Somebody (the reader, one hopes) wants this address for their account; `url` is good once, until `expiresAt`. */
  | {
    readonly kind: "email.confirm";
    readonly tenantName: string;
    readonly url: string;
    readonly expiresAt: number;
  }
  /** The reader's account has another address from now on. */
  | { readonly kind: "email.changed"; readonly tenantName: string; readonly email: string }
  /** To whom a meeting belongs: who has answered. `more`: how many besides. */
  | {
    readonly kind: "meeting.answered";
    readonly title: string;
    readonly answers: readonly {
      readonly name: string;
      readonly answer: "accepted" | "tentative" | "declined";
    }[];
    readonly more: number;
    readonly url: string;
    /** Where these mails are switched off. */
    readonly settingsUrl: string;
  }
  | MeetingLetter;

/** To somebody who is invited to a meeting: that they are, that it has changed, that it ends earlier, that it is off, that they are invited no more. */
export interface MeetingLetter {
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
    /** "WEEKLY"; null: it takes place once, or at longer intervals, which its dates tell better. */
    readonly frequency: string | null;
    /** Some of the occurrences after it. */
    readonly laterAt: readonly number[];
  } | null;
  readonly joinUrl: string;
  readonly answerUrl: string;
  /** The one occurrence that is different now; `is` null: it does not take place. */
  readonly changed?: {
    readonly wasAt: number;
    readonly is: { readonly startsAt: number; readonly endsAt: number } | null;
  } | undefined;
  /** When the last occurrence of a series begins that ends earlier now. */
  readonly lastAt?: number | undefined;
}

/** A letter in words. */
export function writeLetter(letter: Letter, language: Language): Page {
  switch (letter.kind) {
    case "account.invited":
      return ACCOUNT_WORDS[language].invited(letter);
    case "password.forgotten":
      return ACCOUNT_WORDS[language].passwordForgotten(letter);
    case "email.confirm":
      return ACCOUNT_WORDS[language].emailConfirm(letter);
    case "email.changed":
      return ACCOUNT_WORDS[language].emailChanged(letter);
    case "meeting.answered":
      return writeAnswersLetter(letter, language);
    case "meeting.invited":
    case "meeting.changed":
    case "meeting.shortened":
    case "meeting.cancelled":
    case "meeting.withdrawn":
      return writeMeetingLetter(letter, language);
    default:
      return letter satisfies never;
  }
}
