import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";
import * as german from "@zxcvbn-ts/language-de";

/**
 * Guesses that a password must withstand, as a power of ten, from a guesser who knows what people choose.
 * Source: zxcvbn's score 3.
 */
const LEAST_GUESSES_LOG10 = 8;

/** Characters of a password that are checked: the time grows with its square. */
const LOOKED_AT = 64;

const estimator = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...german.dictionary },
  graphs: common.adjacencyGraphs,
  maxLength: LOOKED_AT,
});

/**
 * Whether a password is easy to guess: words, names, keyboard rows, dates, repetitions, and `own` (the
 * person's name, address …).
 */
export function isCommon(password: string, own: readonly string[]): boolean {
  return estimator.check(password, ["tafelrunde", ...own]).guessesLog10 < LEAST_GUESSES_LOG10;
}
