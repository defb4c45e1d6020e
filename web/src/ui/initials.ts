/** First letters of the first and the last word of `name`, upper case; "?" without a letter or digit. */
export function initials(name: string): string {
  const words = name.trim().split(/[\s-]+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const first = words[0];
  if (first === undefined) return "?";
  const last = words.length > 1 ? words.at(-1)! : "";
  return (firstLetter(first) + firstLetter(last)).toLocaleUpperCase();
}

function firstLetter(word: string): string {
  return [...word][0] ?? "";
}

/** Number of colours for people (tokens.css). */
const COLOURS = 6;

/** The colour, of --person-1 …, of a person: the same in every browser. `id` is any text. */
export function colourOf(id: string): number {
  let hash = 0;
  for (let at = 0; at < id.length; at++) hash = (hash * 31 + id.charCodeAt(at)) >>> 0;
  return (hash % COLOURS) + 1;
}
