import { countCharacters, isVisible, MAX_NAME, type Refusal, refuse } from "@tafelrunde/protocol";

/** What JSON can carry and PostgreSQL's jsonb cannot: NUL. Lone surrogates are the other. Source: PostgreSQL 15 documentation, 8.14 "JSON Types". */
const NUL = "\0";

/** White space of any width, and Braille's empty cell, which looks like it. */
const BLANK = /[\p{White_Space}\u2800]+/gu;

/**
 * What is drawn as nothing, or turns the writing direction. Kept, since it changes what one sees: a joiner between letters of
 * scripts that join or stack (Arabic, those of India), the joiner within an emoji, a variation selector behind what has
 * variants, and the tags of a flag. Source: UAX #31 §2.3 (joiners), UTS #51 §1.4.9 (emoji).
 */
const UNSEEN = new RegExp(
  [
    /(?<keptJoiner>(?<=(?![\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hani}\p{sc=Hang}\p{sc=Hira}\p{sc=Kana}])[\p{L}\p{M}])[\u200c\u200d](?=(?![\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}])[\p{L}\p{M}]))/u,
    /(?<keptInEmoji>(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic}))/u,
    /(?<keptVariant>(?<=[\p{Emoji}\p{sc=Hani}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}])/u,
    /(?<keptFlag>(?<=\u{1f3f4})[\u{e0020}-\u{e007e}]{1,8}\u{e007f})/u,
    /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Co}]/u,
  ].map(({ source }) => source).join("|"),
  "gu",
);

/** More marks than this on one letter are no writing: they cover the lines above and below. Vietnamese and Hebrew need three. */
const EXCESS_MARKS = /(\p{M}{4})\p{M}+/gu;

/** Longest name that is looked at, characters: what is not seen in it goes, but one spelling of many marks takes a time that grows with their square. */
const LONGEST_WISH = 20 * MAX_NAME;

/** `text` as it can be stored: without NUL, halves of a character replaced by U+FFFD, trimmed. */
export function storable(text: string): string {
  return text.replaceAll(NUL, "").toWellFormed().trim();
}

/** A person's name as wished, in one spelling and without what nobody sees; or why it is none: two that look the same are the same. */
export function nameOf(wished: string): string | Refusal {
  if (wished.length > LONGEST_WISH) return refuse("participant.nameInvalid");
  const name = storable(wished).normalize("NFC")
    .replaceAll(BLANK, " ")
    .replaceAll(UNSEEN, (found, ...rest) => {
      const groups: Record<string, string | undefined> = rest.at(-1);
      return Object.values(groups).some((kept) => kept !== undefined) ? found : "";
    })
    .replaceAll(EXCESS_MARKS, "$1")
    .replaceAll(BLANK, " ").trim();
  return !isVisible(name) || countCharacters(name) > MAX_NAME ? refuse("participant.nameInvalid") : name;
}
