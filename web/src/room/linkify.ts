/** A piece of a message: plain text, or an address that may be opened. */
export type Piece = { readonly text: string } | { readonly text: string; readonly href: string };

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/gi;

/** Marks of a sentence that follow an address and are not part of it. */
const TRAILING = new Set(".,:;!?'\"»«“”‘’…");

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

/** One pass over the address and one back from its end: strangers choose what stands there. */
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
      // A bracket that was opened within the address belongs to it, as in Wikipedia's.
      if (count[opening]! >= count[sign]!) break;
      count[sign]!--;
    }
  }
  return address.slice(0, end);
}

function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return (protocol === "https:" || protocol === "http:") && hostname !== "";
}
