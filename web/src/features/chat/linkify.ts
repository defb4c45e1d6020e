/** A piece of a message: plain text, or a link. */
export type Piece = { readonly text: string } | { readonly text: string; readonly href: string };

/**
 * Characters that end an address: they are not followed by a space. Those of Chinese and Japanese (dashes,
 * dots, U+3001 to U+301F, full-width, vertical and small forms), quotation marks, direction marks, and
 * invisible characters.
 */
const ENDING =
  "\\u200b\\u200e-\\u200f\\u202a-\\u202e\\u2060\\u2066-\\u2069\\ufeff\\u2014-\\u2015\\u2018-\\u2019\\u201c-\\u201f\\u2026\\u3001-\\u3003" +
  "\\u3008-\\u3011\\u3014-\\u301f\\ufe10-\\ufe19\\ufe30-\\ufe6b\\uff01\\uff02\\uff07-\\uff09\\uff0c\\uff0e\\uff1a-\\uff1b\\uff1f\\uff3b\\uff3d" +
  "\\uff5b\\uff5d-\\uff64";
const ADDRESS = new RegExp(`\\bhttps?://[^\\s<>"${ENDING}]+`, "gi");

/**
 * Punctuation, or formatting marks, that follow an address and are not part of it; the last are those of
 * Arabic, Urdu, Hindi, Tibetan, Burmese, Armenian, Ethiopic and Khmer.
 */
const TRAILING = new Set(
  ".,:;!?'\"*`»«\u060c\u061b\u061f\u06d4\u0964\u0965\u0f0d\u0f0e\u104a\u104b\u0589\u1362\u17d4\u17d5",
);

const OPENING: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

/** Splits `text` at its http and https addresses. No other scheme becomes a link. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimAddress(match[0]);
    if (!isSafe(address)) continue;
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    pieces.push({ text: address, href: address });
    at = match.index + address.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/**
 * One pass over the address and one back from its end: strangers choose its content, so time must stay
 * linear.
 */
function trimAddress(address: string): string {
  const count: Record<string, number> = { "(": 0, ")": 0, "[": 0, "]": 0 };
  for (const sign of address) if (count[sign] !== undefined) count[sign]++;
  let end = address.length;
  for (; end > 0; end--) {
    const sign = address[end - 1]!;
    const opening = OPENING[sign];
    if (opening === undefined) {
      if (!TRAILING.has(sign)) break;
    } else {
      // A bracket that was opened within the address belongs to it, as in Wikipedia's addresses.
      if (count[opening]! >= count[sign]!) break;
      count[sign]!--;
    }
  }
  return address.slice(0, end);
}

function isSafe(address: string): boolean {
  try {
    const { protocol, hostname } = new URL(address);
    return (protocol === "https:" || protocol === "http:") && hostname !== "";
  } catch {
    return false;
  }
}
