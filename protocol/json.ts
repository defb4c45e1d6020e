/** How deep JSON may be nested. What browsers offer to a media node, the deepest there is, has 6 levels. */
export const MAX_JSON_DEPTH = 32;

const QUOTE = 34;
const BACKSLASH = 92;
const OPENING = new Set([..."[{"].map((sign) => sign.charCodeAt(0)));
const CLOSING = new Set([..."]}"].map((sign) => sign.charCodeAt(0)));

/**
 * Whether the brackets of a JSON text are nested deeper than `MAX_JSON_DEPTH`, those in its strings aside. What is parsed without this look can
 * overflow the stack of whoever walks through it or writes it again. One pass, whatever the text.
 */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (isInString) {
      if (sign === BACKSLASH) at++;
      else if (sign === QUOTE) isInString = false;
    } else if (sign === QUOTE) isInString = true;
    else if (OPENING.has(sign)) {
      if (++depth > MAX_JSON_DEPTH) return true;
    } else if (CLOSING.has(sign)) depth--;
  }
  return false;
}
