/** Letters of scripts that run from right to left, and signs that turn the direction. */
const TURNS =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Characters that open or close a direction: an unmatched one would affect the rest of the sentence. */
const HALVES = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Template tag for a sentence with text that a person wrote: a name in the other direction is isolated and
 * does not move the words beside it. Text that cannot change the direction stays as it is. Not for accessible
 * names: those are read and compared character by character.
 * Source: UAX #9 §2.4.2, first strong isolate.
 */
export function sentence(parts: TemplateStringsArray, ...written: readonly (string | number)[]): string {
  return String.raw(
    { raw: parts },
    ...written.map((each) => typeof each === "string" ? isolated(each) : each),
  );
}

function isolated(text: string): string {
  return TURNS.test(text) ? `\u2068${text.replaceAll(HALVES, "")}\u2069` : text;
}

/** A `sentence` as an accessible name. */
export function plain(text: string): string {
  return text.replaceAll(/[\u2068\u2069]/g, "");
}
