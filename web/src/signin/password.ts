import { wordsOf } from "../i18n/language.ts";

/** Fewest characters of a password: protocol/http, NewPassword, whose schema would bring valibot along. */
export const MIN_PASSWORD = 12;

/** What is wrong with a new password, in words; undefined: nothing. */
export function passwordProblem(password: string): string | undefined {
  return [...password].length < MIN_PASSWORD ? wordsOf("desk").ticket.passwordShort(MIN_PASSWORD) : undefined;
}
