import { createSignal } from "solid-js";
import { isText, keep, recall } from "../call/storage.ts";
import type { Words } from "./en.ts";
import type { AccountWords } from "./en_account.ts";
import type { AdminWords } from "./en_admin.ts";
import type { DeskWords } from "./en_desk.ts";
import type { HomeWords } from "./en_home.ts";
import type { LinkWords } from "./en_link.ts";
import type { MeWords } from "./en_me.ts";
import type { RoomWords } from "./en_room.ts";

/** Languages of the interface, as BCP 47 tags, each with its own name for itself. */
export const LANGUAGES = { de: "Deutsch", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;

/** Words that load with the pages that need them, by their name here. */
interface Vocabularies {
  /** The start page. */
  readonly home: HomeWords;
  /** The field that opens a meeting link: on the start page, at the desk, and where a meeting has ended. */
  readonly link: LinkWords;
  /** The meeting. */
  readonly room: RoomWords;
  /** Who is signed in, in the header of every page. */
  readonly me: MeWords;
  /** What all pages for people with an account share, sign-in and my meetings. */
  readonly desk: DeskWords;
  readonly account: AccountWords;
  readonly admin: AdminWords;
}

const LOAD: { [Name in keyof Vocabularies]: Record<Language, () => Promise<Vocabularies[Name]>> } = {
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
  desk: {
    de: async () => (await import("./de_desk.ts")).deDesk,
    en: async () => (await import("./en_desk.ts")).enDesk,
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
  readonly more: Partial<Vocabularies>;
}

const [current, setCurrent] = createSignal<Spoken>();

/** The words of the language in use. Read it in JSX: it changes with the language. Throws before `speak` has resolved. */
export function words(): Words {
  return spoken().words;
}

/** The words of the meeting in the language in use. Throws before `speakAlso("room")` has resolved. */
export function roomWords(): RoomWords {
  return wordsOf("room");
}

/** Further words in the language in use. Throws before `speakAlso(name)` has resolved. */
export function wordsOf<Name extends keyof Vocabularies>(name: Name): Vocabularies[Name] {
  const found = spoken().more[name];
  if (found === undefined) throw new Error(`call speakAlso("${name}") first`);
  return found as Vocabularies[Name];
}

/** The language in use. */
export function language(): Language {
  return spoken().language;
}

function spoken(): Spoken {
  const now = current();
  if (now === undefined) throw new Error("no language has been loaded: call speak() first");
  return now;
}

/** Loads a language and turns the page to it. Rejects when its file cannot be loaded. */
export async function speak(language: Language): Promise<void> {
  const names = Object.keys(current()?.more ?? {}) as (keyof Vocabularies)[];
  const [words, ...more] = await Promise.all([
    loadWords(language),
    ...names.map((name) => LOAD[name][language]()),
  ]);
  // Words that came meanwhile are in the language of before.
  if (Object.keys(current()?.more ?? {}).length > names.length) return await speak(language);
  document.documentElement.lang = language;
  setCurrent({ language, words, more: Object.fromEntries(names.map((name, at) => [name, more[at]])) });
}

/** Loads further words, too. Rejects when their file cannot be loaded. */
export async function speakAlso(name: keyof Vocabularies): Promise<void> {
  const { language } = spoken();
  const found = await LOAD[name][language]();
  if (spoken().language !== language) return await speakAlso(name);
  setCurrent({ ...spoken(), more: { ...spoken().more, [name]: found } });
}

async function loadWords(language: Language): Promise<Words> {
  return language === "de" ? (await import("./de.ts")).de : (await import("./en.ts")).en;
}

/** What the person picked on the page: used now and from now on. */
export async function chooseLanguage(language: Language): Promise<void> {
  keepLanguage(language);
  await speak(language);
}

/** The language of a new visit: `?lang=`, which is kept, else what was kept, else the browser's. */
export function languageOfVisit(): Language {
  const asked = new URL(location.href).searchParams.get("lang");
  if (asked !== null && isLanguage(asked)) keepLanguage(asked);
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

function kept(): string | undefined {
  return recall("localStorage", KEPT, isText);
}

function keepLanguage(language: Language): void {
  keep("localStorage", KEPT, language);
}
