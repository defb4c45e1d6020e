import { type Load } from "../../i18n/language.ts";
import type { Words } from "./en.ts";

export const load: Load<Words> = {
  de: async () => (await import("./de.ts")).de,
  en: async () => (await import("./en.ts")).en,
};
