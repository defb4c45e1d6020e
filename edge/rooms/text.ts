/** What JSON can carry and PostgreSQL's jsonb cannot: NUL. Lone surrogates are the other. Source: PostgreSQL 15 documentation, 8.14 "JSON Types". */
const NUL = "\0";

/** `text` as it can be stored: without NUL, halves of a character replaced by U+FFFD, trimmed. */
export function storable(text: string): string {
  return text.replaceAll(NUL, "").toWellFormed().trim();
}
