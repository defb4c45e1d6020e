import { createSignal } from "solid-js";
import type { Words } from "./en.ts";

/** Languages of the interface, as BCP 47 tags, each with its own name for itself. */
export const LANGUAGES = { de: "Deutsch", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;

const [current, setCurrent] = createSignal<{ readonly language: Language; readonly words: Words }>();

/** The words of the language in use. Read it in JSX: it changes with the language. Throws before `speak` has resolved. */
export function words(): Words {
  return loaded().words;
}

/** The language in use. */
export function language(): Language {
  return loaded().language;
}

function loaded() {
  const now = current();
  if (now === undefined) throw new Error("no language has been loaded: call speak() first");
  return now;
}

/** Loads a language and turns the page to it. Rejects when its file cannot be loaded. */
export async function speak(language: Language): Promise<void> {
  const words = language === "de" ? (await import("./de.ts")).de : (await import("./en.ts")).en;
  document.documentElement.lang = language;
  setCurrent({ language, words });
}

/** What the person picked on the page: used now and from now on. */
export async function chooseLanguage(language: Language): Promise<void> {
  keep(language);
  await speak(language);
}

/** The language of a new visit: `?lang=`, which is kept, else what was kept, else the browser's. */
export function languageOfVisit(): Language {
  const asked = new URL(location.href).searchParams.get("lang");
  if (asked !== null && isLanguage(asked)) keep(asked);
  return pickLanguage([asked, kept(), ...navigator.languages]);
}

/** The first of `wishes` (BCP 47 tags, best first) that there is; English when there is none. */
export function pickLanguage(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const base = wish?.toLowerCase().split("-")[0];
    if (base !== undefined && isLanguage(base)) return base;
  }
  return "en";
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}

const KEPT = "tafelrunde:language";

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // Storage is forbidden: nothing was kept.
  }
}

function keep(language: Language): void {
  try {
    localStorage.setItem(KEPT, language);
  } catch (cause) {
    console.warn("the language is not remembered", cause);
  }
}
