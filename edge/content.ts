import {
  type BareContent,
  type Content,
  type ContentFault,
  contentOf,
  isSealed,
  isSealedTooLong,
  textFault,
} from "@tafelrunde/protocol";
import { storable } from "./text.ts";

/**
 * Content as it is stored, or why it is refused. `max`: UTF-16 units of text, and accordingly bytes of sealed
 * text.
 */
export function storableContent(content: Content, max: number): Content | ContentFault {
  if (isSealed(content)) return isSealedTooLong(content, max) ? "tooLong" : content;
  const text = storable(content.text);
  return textFault(text, max) ?? { text };
}

/** The same for the messages that protocol version 3 knows. */
export function storableBare(
  content: BareContent,
  max: number,
): { readonly bare: BareContent } | ContentFault {
  const stored = storableContent(contentOf(content), max);
  if (typeof stored === "string") return stored;
  return { bare: isSealed(stored) ? stored : stored.text };
}
