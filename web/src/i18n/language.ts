import { createSignal } from "solid-js";
import type { Words } from "./en.ts";
import type { RoomWords } from "./en_room.ts";

/** Languages of the interface, as BCP 47 tags, each with its own name for itself. */
export const LANGUAGES = { de: "Deutsch", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;

interface Spoken {
  readonly language: Language;
  readonly words: Words;
  /** Loaded with the meeting. */
  readonly roomWords: RoomWords | undefined;
}

const [current, setCurrent] = createSignal<Spoken>();

/** The words of the language in use. Read it in JSX: it changes with the language. Throws before `speak` has resolved. */
export function words(): Words {
  return spoken().words;
}

/** The words of the meeting in the language in use. Throws before `speakInRoom` has resolved. */
export function roomWords(): RoomWords {
  const { roomWords } = spoken();
  if (roomWords === undefined) throw new Error("no words for the meeting: call speakInRoom() first");
  return roomWords;
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
  const needsRoom = current()?.roomWords !== undefined;
  const [words, roomWords] = await Promise.all([
    loadWords(language),
    needsRoom ? loadRoomWords(language) : undefined,
  ]);
  document.documentElement.lang = language;
  setCurrent({ language, words, roomWords });
}

/** Loads the words of the meeting, too. Rejects when their file cannot be loaded. */
export async function speakInRoom(): Promise<void> {
  const { language } = spoken();
  const roomWords = await loadRoomWords(language);
  if (spoken().language !== language) return await speakInRoom();
  setCurrent({ ...spoken(), roomWords });
}

async function loadWords(language: Language): Promise<Words> {
  return language === "de" ? (await import("./de.ts")).de : (await import("./en.ts")).en;
}

async function loadRoomWords(language: Language): Promise<RoomWords> {
  return language === "de" ? (await import("./de_room.ts")).deRoom : (await import("./en_room.ts")).enRoom;
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
