import { countCharacters, isVisible, MAX_NAME, type Refusal, refuse } from "@tafelrunde/protocol";
import { storable } from "./text.ts";

/**
 * White space of any width, and characters that look like it: empty Braille cell, Egyptian blanks, note
 * without a head.
 */
const BLANK = /[\p{White_Space}\u2800\u{13441}\u{13442}\u{1d159}]+/gu;

/**
 * Letters of the cursive scripts, which can join the next one; without presentation forms and hamza, which
 * stands alone.
 */
const JOINING =
  /(?![\u0621\u0674\ufb50-\ufdff\ufe70-\ufefc])[[\p{sc=Adlm}\p{sc=Arab}\p{sc=Mand}\p{sc=Mong}\p{sc=Nkoo}\p{sc=Phag}\p{sc=Rohg}\p{sc=Syrc}]&&\p{L}]/v;
/**
 * Letters of these that never join the next one, such as alef, dal, re and waw. Source: Unicode 16,
 * ArabicShaping.txt, Joining_Type R.
 */
const JOINS_NO_NEXT =
  /[\u0622-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699\u06c0\u06c3-\u06cb\u06cd\u06cf\u06d2\u06d3\u06d5\u06ee\u06ef\u0710\u0715-\u0719\u071e\u0728\u072a\u072c\u072f\u074d\u0759-\u075b\u076b\u076c\u0771\u0773\u0774\u0778\u0779\u0840\u0846\u0847\u0849\u0854\u0856-\u0858\u0870-\u0882\u088e\u08aa-\u08ac\u08ae\u08b1\u08b2\u08b9\u{10d22}]/v;
/**
 * Signs that stack letters in the scripts of India and Sri Lanka with half forms. Tamil's only reacts to a
 * non-joiner.
 */
const VIRAMA = /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d\u0dca]/v;

/**
 * Characters that are invisible or change the writing direction. Kept, because they change what is visible: a
 * non-joiner between letters that would join; joiners where an Indic script stacks letters; in Khmer, one
 * before a sign that it moves; a variant of a Chinese character; and parts of an emoji. Source: UAX #31 §2.3
 * (joiners), UTS #51 (emoji, `RGI_Emoji`).
 */
const UNSEEN = new RegExp(
  [
    /(?<sequence>\p{Emoji}(?:[\ufe0e\ufe0f\u20e3\p{Emoji_Modifier}\u{e0020}-\u{e007f}]|\u200d\p{Extended_Pictographic})+)/v,
    String
      .raw`(?<keptNonJoiner>(?<=(?!${JOINS_NO_NEXT.source})${JOINING.source}\p{M}{0,4})\u200c(?=${JOINING.source}))`,
    String
      .raw`(?<keptStacked>(?<=${VIRAMA.source})\u200d|(?<=[${VIRAMA.source}\u0bcd])\u200c(?=\p{L})|(?<=\p{L})\u200d(?=[\u09cd\u0ccd]))`,
    /(?<keptKhmer>(?<=\p{sc=Khmr})\u200c(?=[\u17c9\u17ca]))/v,
    /(?<keptVariant>(?<=\p{sc=Hani})[\ufe00-\ufe02\u{e0100}-\u{e01ef}])/v,
    /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Co}\ufffc]|[\p{Cn}--\p{Extended_Pictographic}]/v,
  ].map((part) => typeof part === "string" ? part : part.source).join("|"),
  "gv",
);

/** Valid emoji of one or several code points; and characters that are invisible outside of one. */
const EMOJI = new RegExp(String.raw`(?<kept>\p{RGI_Emoji})|[\u200d\ufe0e\ufe0f\u{e0020}-\u{e007f}]`, "gv");

/**
 * More than four marks on one letter are not writing: they cover the lines above and below. Vietnamese and
 * Hebrew need three.
 */
const EXCESS_MARKS = /(\p{M}{4})\p{M}+/gu;

/**
 * Longest input for a name, characters. It leaves room for invisible characters, which are removed;
 * normalising many marks takes time that grows with the square of their number.
 */
const LONGEST_WISH = 20 * MAX_NAME;

/**
 * Normalises a participant's name and removes invisible characters, so names that look the same are the same.
 * Refuses an invalid name.
 */
export function nameOf(wished: string): string | Refusal {
  if (wished.length > LONGEST_WISH) return refuse("participant.nameInvalid");
  const name = storable(wished).normalize("NFC")
    .replaceAll(BLANK, " ")
    .replaceAll(UNSEEN, (found, ...rest) => {
      const { sequence, ...kept }: Record<string, string | undefined> = rest.at(-1);
      if (sequence !== undefined) return sequence.replaceAll(EMOJI, "$<kept>");
      return Object.values(kept).some((group) => group !== undefined) ? found : "";
    })
    .replaceAll(EXCESS_MARKS, "$1")
    .replaceAll(BLANK, " ").trim();
  return !isVisible(name) || countCharacters(name) > MAX_NAME ? refuse("participant.nameInvalid") : name;
}
