import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";
import * as german from "@zxcvbn-ts/language-de";

/** Guesses that a password withstands, as a power of ten, when the guesser knows what people choose. Source: zxcvbn's score 3. */
const LEAST_GUESSES_LOG10 = 8;

/** How much of a password is looked at, characters: the time grows with its square. */
const LOOKED_AT = 64;

const estimator = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...german.dictionary },
  graphs: common.adjacencyGraphs,
  maxLength: LOOKED_AT,
});

/** Whether a guesser would come upon the password soon: words, names, rows of keys, dates, repetitions, and `own` (the person's name, address …). */
export function isCommon(password: string, own: readonly string[]): boolean {
  return estimator.check(password, ["tafelrunde", ...own]).guessesLog10 < LEAST_GUESSES_LOG10;
}
