/** Letters that Unicode does not take apart, and the sigma that ends a word: what they are looked for as. */
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
 * A name as lists go by it and search finds it: small letters, without the marks of Latin, Greek and Cyrillic ones: "Özlem" is "ozlem". The same on every
 * database. Empty for an empty name only.
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
