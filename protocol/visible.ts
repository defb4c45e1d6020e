/**
 * All but what takes up no ink: white space, what is drawn as nothing (Unicode's Default_Ignorable_Code_Point), Braille's empty
 * cell, Egyptian blanks, the note without a head, what stands for an object, and what is no character. Code points that are
 * kept for emoji to come count as such.
 */
const VISIBLE =
  /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cn}\p{M}\u2800\ufffc\u{13441}\u{13442}\u{1d159}]|\p{Extended_Pictographic}/u;

/** Whether there is anything to see in `text`: a letter, digit, sign or picture. Marks alone have nothing to stand on. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}
