/**
 * The rules for text that people write, without the schemas, which pages do not load. An edge applies them to
 * what it can read, and the receiving client to what it has opened.
 */
import type { BareContent, Content, Sealed } from "./content.ts";
import { isVisible } from "./visible.ts";

/** The first protocol version that knows sealed text. */
export const SEALED_SINCE = 4;

/** Most bytes that sealing adds to a text: nonce, tag and header, with room for padding. */
export const SEALING_BYTES = 256;

/** Longest sealed text, characters of base64url: a frame holds it with its message. */
export const MAX_SEALED = 48_000;

/** Why a text is not accepted. */
export type ContentFault = "empty" | "tooLong";

/** Distinguishes sealed content from text. */
export function isSealed(content: unknown): content is Sealed {
  return typeof content === "object" && content !== null && "sealed" in content;
}

/** Content of a message that protocol version 3 knows. */
export function contentOf(bare: BareContent): Content {
  return typeof bare === "string" ? { text: bare } : bare;
}

/** Why `text` is not accepted where at most `max` UTF-16 units are; null: it is. */
export function textFault(text: string, max: number): ContentFault | null {
  if (!isVisible(text)) return "empty";
  return text.length > max ? "tooLong" : null;
}

/** Whether sealed content is longer than any text of `max` UTF-16 units can be. */
export function isSealedTooLong({ sealed }: Sealed, max: number): boolean {
  return Math.floor(sealed.length * 3 / 4) > 3 * max + SEALING_BYTES;
}
