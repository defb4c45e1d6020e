/** Deepest nesting of JSON. The deepest valid message, a browser's offer to a media node, has 6 levels. */
export const MAX_JSON_DEPTH = 32;

const QUOTE = 34;
const BACKSLASH = 92;
const OPENING = new Set([..."[{"].map((sign) => sign.charCodeAt(0)));
const CLOSING = new Set([..."]}"].map((sign) => sign.charCodeAt(0)));

/**
 * Whether the brackets of a JSON text, ignoring those in strings, are nested deeper than `MAX_JSON_DEPTH`.
 * Without this check, parsed JSON could overflow the stack of code that walks or serializes it. One pass for
 * any text.
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
