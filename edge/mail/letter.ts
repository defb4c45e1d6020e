import type { Language } from "./language.ts";
import { ACCOUNT_WORDS } from "./account_words.ts";
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
  };

export type LetterKind = Letter["kind"];

/** A letter in words. */
export function writeLetter(letter: Letter, language: Language): Page {
  switch (letter.kind) {
    case "account.invited":
      return ACCOUNT_WORDS[language].invited(letter);
    case "password.forgotten":
      return ACCOUNT_WORDS[language].passwordForgotten(letter);
    default:
      return letter satisfies never;
  }
}
