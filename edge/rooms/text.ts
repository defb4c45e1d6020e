import { MAX_NAME, type Refusal, refuse } from "@tafelrunde/protocol";

/** What JSON can carry and PostgreSQL's jsonb cannot: NUL. Lone surrogates are the other. Source: PostgreSQL 15 documentation, 8.14 "JSON Types". */
const NUL = "\0";

/** Control characters and the marks that reverse the writing direction: they would let a name pose as another. */
const UNPRINTABLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** `text` as it can be stored: without NUL, halves of a character replaced by U+FFFD, trimmed. */
export function storable(text: string): string {
  return text.replaceAll(NUL, "").toWellFormed().trim();
}

/** A person's name as wished, without what nobody sees; or why it is none. */
export function nameOf(wished: string): string | Refusal {
  const name = storable(wished.replaceAll(UNPRINTABLE, ""));
  return name === "" || name.length > MAX_NAME ? refuse("participant.nameInvalid") : name;
}
