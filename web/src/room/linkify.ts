/** A piece of a message: plain text, or an address that may be opened. */
export type Piece = { readonly text: string } | { readonly text: string; readonly href: string };

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/gi;

/** Marks of a sentence that follow an address and are not part of it. */
const TRAILING = /[.,:;!?'"»«“”‘’…]$/;

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

function trimAddress(address: string): string {
  let trimmed = address;
  while (TRAILING.test(trimmed) || (/[)\]]$/.test(trimmed) && !hasOpening(trimmed))) {
    trimmed = trimmed.slice(0, -1);
  }
  return trimmed;
}

/** Whether the bracket at the end was opened within the address, as in Wikipedia's. */
function hasOpening(address: string): boolean {
  const [opening, closing] = address.endsWith(")") ? ["(", ")"] : ["[", "]"];
  return address.split(opening!).length >= address.split(closing!).length;
}

function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return (protocol === "https:" || protocol === "http:") && hostname !== "";
}
