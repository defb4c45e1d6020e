import type { Language } from "@tafelrunde/protocol";
import { isLanguage } from "@tafelrunde/protocol/client";
import { createSignal } from "solid-js";
import { isText, keep, recall } from "../call/storage.ts";
import type { Words } from "./en.ts";
import type { AccountWords } from "./en_account.ts";
import type { AdminWords } from "./en_admin.ts";
import type { DashboardWords } from "./en_dashboard.ts";
import type { HomeWords } from "./en_home.ts";
import type { LinkWords } from "./en_link.ts";
import type { MeWords } from "./en_me.ts";
import type { RoomWords } from "./en_room.ts";

/** The languages of the interface, in their own words. */
export const LANGUAGE_NAMES = { de: "Deutsch", en: "English" } as const satisfies Record<Language, string>;

/** A vocabulary in each language. */
export type Load<W> = Readonly<Record<Language, () => Promise<W>>>;

/** Vocabularies that load with the pages that need them, by name. */
interface Vocabularies {
  /** The start page. */
  readonly home: HomeWords;
  /**
   * The field that opens a meeting link: on the start page, in the dashboard, and where a meeting has ended.
   */
  readonly link: LinkWords;
  /** The meeting. */
  readonly room: RoomWords;
  /** The account menu in the header of every page. */
  readonly me: MeWords;
  /** Shared by all pages for people with an account: also sign-in and my meetings. */
  readonly dashboard: DashboardWords;
  readonly account: AccountWords;
  readonly admin: AdminWords;
}

const LOAD: { readonly [Name in keyof Vocabularies]: Load<Vocabularies[Name]> } = {
  home: {
    de: async () => (await import("./de_home.ts")).deHome,
    en: async () => (await import("./en_home.ts")).enHome,
  },
  link: {
    de: async () => (await import("./de_link.ts")).deLink,
    en: async () => (await import("./en_link.ts")).enLink,
  },
  room: {
    de: async () => (await import("./de_room.ts")).deRoom,
    en: async () => (await import("./en_room.ts")).enRoom,
  },
  me: {
    de: async () => (await import("./de_me.ts")).deMe,
    en: async () => (await import("./en_me.ts")).enMe,
  },
  dashboard: {
    de: async () => (await import("./de_dashboard.ts")).deDashboard,
    en: async () => (await import("./en_dashboard.ts")).enDashboard,
  },
  account: {
    de: async () => (await import("./de_account.ts")).deAccount,
    en: async () => (await import("./en_account.ts")).enAccount,
  },
  admin: {
    de: async () => (await import("./de_admin.ts")).deAdmin,
    en: async () => (await import("./en_admin.ts")).enAdmin,
  },
};

interface Spoken {
  readonly language: Language;
  readonly words: Words;
  readonly more: ReadonlyMap<Load<unknown>, unknown>;
}

const [current, setCurrent] = createSignal<Spoken>();

/**
 * The words of the current language. Read it in JSX: it changes with the language. Throws before `speak` has
 * resolved.
 */
export function words(): Words {
  return spoken().words;
}

/** The meeting's words in the current language. Throws before `speakAlso("room")` has resolved. */
export function roomWords(): RoomWords {
  return wordsOf("room");
}

/** A further vocabulary in the current language. Throws before `speakAlso(name)` has resolved. */
export function wordsOf<Name extends keyof Vocabularies>(name: Name): Vocabularies[Name] {
  return wordsBy(LOAD[name]);
}

/** The vocabulary that `load` loads, in the current language. Throws before `speakBy(load)` has resolved. */
export function wordsBy<W>(load: Load<W>): W {
  const { more } = spoken();
  if (!more.has(load)) throw new Error("call speakAlso or speakBy first");
  return more.get(load) as W;
}

/** All further vocabularies that are loaded, in the current language. */
export function vocabularies(): object[] {
  return [...spoken().more.values()] as object[];
}

/** The current language. */
export function language(): Language {
  return spoken().language;
}

function spoken(): Spoken {
  const now = current();
  if (now === undefined) throw new Error("no language has been loaded: call speak() first");
  return now;
}

/** Loads a language and switches the page to it. Rejects if its file cannot be loaded. */
export async function speak(language: Language): Promise<void> {
  const loads = [...current()?.more.keys() ?? []];
  const [words, ...more] = await Promise.all([loadWords(language), ...loads.map((load) => load[language]())]);
  // Vocabularies that were loaded in the meantime are in the previous language.
  if ((current()?.more.size ?? 0) > loads.length) return await speak(language);
  document.documentElement.lang = language;
  setCurrent({ language, words, more: new Map(loads.map((load, at) => [load, more[at]])) });
}

/** Loads a further vocabulary. Rejects if its file cannot be loaded. */
export async function speakAlso(name: keyof Vocabularies): Promise<void> {
  await speakBy([LOAD[name]]);
}

/** Loads further vocabularies. Rejects if a file cannot be loaded. */
export async function speakBy(loads: readonly Load<unknown>[]): Promise<void> {
  const { language } = spoken();
  const found = await Promise.all(loads.map((load) => load[language]()));
  if (spoken().language !== language) return await speakBy(loads);
  setCurrent({
    ...spoken(),
    more: new Map([...spoken().more, ...loads.map((load, at) => [load, found[at]] as const)]),
  });
}

async function loadWords(language: Language): Promise<Words> {
  return language === "de" ? (await import("./de.ts")).de : (await import("./en.ts")).en;
}

/** Switches to the language that the person chose, now and for later visits. */
export async function chooseLanguage(language: Language): Promise<void> {
  keepLanguage(language);
  await speak(language);
}

/** The language of a new visit: `?lang=`, which is stored, else the stored one, else the browser's. */
export function languageOfVisit(): Language {
  const asked = new URL(location.href).searchParams.get("lang");
  if (asked !== null && isLanguage(asked)) keepLanguage(asked);
  return pickLanguage([asked, kept(), ...navigator.languages]);
}

/** The first supported one of `wishes` (BCP 47 tags, best first); English without any. */
export function pickLanguage(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const base = wish?.toLowerCase().split("-")[0];
    if (base !== undefined && isLanguage(base)) return base;
  }
  return "en";
}

const KEPT = "tafelrunde:language";

function kept(): string | undefined {
  return recall("localStorage", KEPT, isText);
}

function keepLanguage(language: Language): void {
  keep("localStorage", KEPT, language);
}
