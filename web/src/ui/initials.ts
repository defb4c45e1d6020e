/** First letters of the first and the last word of `name`, upper case; "?" when there is no letter or digit. */
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

/** How many colours there are for people (tokens.css). */
const COLOURS = 6;

/** Which of the colours --person-1 … a person has: the same in every browser. `id` is any text. */
export function colourOf(id: string): number {
  let hash = 0;
  for (let at = 0; at < id.length; at++) hash = (hash * 31 + id.charCodeAt(at)) >>> 0;
  return (hash % COLOURS) + 1;
}
