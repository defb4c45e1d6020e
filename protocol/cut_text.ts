/** How far beyond the cut to look for the end of a grapheme, UTF-16 units. */
const LOOK_BEHIND = 64;

/**
 * The beginning of `text`, at most `max` UTF-16 units long as limits count them. Cuts between graphemes:
 * never within a surrogate pair, and within an emoji sequence or a letter with accents only if that alone is
 * too long.
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter().segment(text.slice(0, max + LOOK_BEHIND))) {
    if (index + segment.length > max) break;
    end = index + segment.length;
  }
  if (end === 0) end = /[\ud800-\udbff]/.test(text.charAt(max - 1)) ? max - 1 : max;
  return text.slice(0, end);
}
