/** All but what takes up no ink: white space, what is drawn as nothing (Unicode's Default_Ignorable_Code_Point), and Braille's empty cell. */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{M}\u2800]/u;

/** Whether there is anything to see in `text`: a letter, digit, sign or picture. Marks alone have nothing to stand on. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}
