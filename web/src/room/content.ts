import type { Content } from "@tafelrunde/protocol";
import { isSealed, textFault } from "@tafelrunde/protocol/content_text";
import { roomWords } from "../i18n/language.ts";

/**
 * What a person wrote, as far as this page can read it; undefined: it is sealed, or breaks the rules for text
 * of at most `max` UTF-16 units. No edge has checked what was sealed.
 */
export function readContent(content: Content, max: number): string | undefined {
  if (isSealed(content)) return undefined;
  return textFault(content.text, max) === null ? content.text : undefined;
}

/** The same for a line of text, such as a notice, in which something must stand. */
export function contentLine(content: Content, max: number): string {
  return readContent(content, max) ?? roomWords().unreadable;
}
