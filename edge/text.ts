/**
 * NUL: valid in JSON, but not in PostgreSQL's jsonb. Lone surrogates are the other case. Source: PostgreSQL
 * 15 documentation, 8.14 "JSON Types".
 */
const NUL = "\0";

/** `text` as it can be stored: without NUL, lone surrogates replaced by U+FFFD, trimmed. */
export function storable(text: string): string {
  return text.replaceAll(NUL, "").toWellFormed().trim();
}
