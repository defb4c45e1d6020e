/** Letters that Unicode does not decompose, and the final sigma, with the letters they are searched by. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  ł: "l",
  ħ: "h",
  ı: "i",
  þ: "th",
  ς: "σ",
};

/**
 * The form of a name that lists are sorted by and search uses: lower-case, without marks on Latin, Greek and
 * Cyrillic letters: "Özlem" is "ozlem". The same on every database. Empty only for an empty name.
 */
export function sortName(name: string): string {
  const folded = name.normalize("NFKD").replaceAll(/[\u0300-\u036f]+/g, "").toLowerCase()
    .replaceAll(/[\u0300-\u036f]+/g, "").replaceAll(/[ßæœøđðłħıþς]/g, (letter) => LETTERS[letter]!)
    .normalize("NFC");
  return folded === "" ? name : folded;
}

/** The columns of a name. */
export function nameColumns(name: string): { readonly name: string; readonly sort_name: string } {
  return { name, sort_name: sortName(name) };
}
