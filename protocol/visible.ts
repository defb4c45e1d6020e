/**
 * Matches visible characters: anything but white space, Unicode's Default_Ignorable_Code_Point, the empty
 * Braille cell, Egyptian blanks, the null notehead, the object replacement character, and code points that
 * are not characters. Code points reserved for future emoji count as visible.
 */
const VISIBLE =
  /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cn}\p{M}\u2800\ufffc\u{13441}\u{13442}\u{1d159}]|\p{Extended_Pictographic}/u;

/**
 * Whether `text` has a visible character: a letter, digit, sign or picture. Combining marks alone do not
 * count.
 */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}
