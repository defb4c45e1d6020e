/** Plural forms. German and English need no others (CLDR). */
export interface Forms {
  readonly one: string;
  readonly other: string;
}

/** Picks the form for a number, by the rules of `language` (a BCP 47 tag). */
export function plural(language: string): (n: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  return (n, forms) => (rules.select(n) === "one" ? forms.one : forms.other);
}
