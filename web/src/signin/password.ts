import { wordsOf } from "../i18n/language.ts";

/** Minimum length of a password, characters: protocol/http, NewPassword, whose schema would load valibot. */
export const MIN_PASSWORD = 12;

/** The text of a new password's problem; undefined: none. */
export function passwordProblem(password: string): string | undefined {
  return [...password].length < MIN_PASSWORD
    ? wordsOf("dashboard").oneTimeLink.passwordShort(MIN_PASSWORD)
    : undefined;
}
