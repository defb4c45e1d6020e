import type { MeWords } from "./en_me.ts";

/** The account menu, in German. */
export const deMe: MeWords = {
  signIn: "Anmelden",
  menu: (name) => `Menü von ${name}`,
  meetings: "Meine Besprechungen",
  account: "Konto",
  admin: "Verwaltung",
  signOut: "Abmelden",
  imprint: "Impressum",
  privacy: "Datenschutz",
};
