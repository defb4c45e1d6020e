/// <reference lib="deno.ns" />
import { deepEqual, equal, ok } from "node:assert/strict";
import { FEATURE_NAMES, REFUSAL_CODES } from "@tafelrunde/protocol";
import { clockTime } from "./clock.ts";
import { de } from "./de.ts";
import { deRoom } from "./de_room.ts";
import { en } from "./en.ts";
import { enRoom } from "./en_room.ts";
import { de as deChat } from "../features/chat/de.ts";
import { pickLanguage } from "./language.ts";

Deno.test("the first supported language wins, whatever its region", () => {
  equal(pickLanguage([null, undefined, "fr-FR", "de-AT", "en"]), "de");
  equal(pickLanguage(["EN-gb", "de"]), "en");
  equal(pickLanguage(["fr", "toString"]), "en");
  equal(pickLanguage([]), "en");
});

Deno.test("every refusal has a text in every language", async () => {
  // Missing rights share one sentence.
  const said = REFUSAL_CODES.filter((code) => !code.endsWith(".notAllowed"));
  for (const [language, words, room] of [["en", en, enRoom], ["de", de, deRoom]] as const) {
    const refused = { ...words.refused, ...room.refused };
    for (const name of FEATURE_NAMES) {
      const module = await import(`../features/${name}/${language}.ts`);
      Object.assign(refused, module[language].refused);
    }
    deepEqual(Object.keys(refused).sort(), said.sort());
    for (const text of Object.values(refused)) ok(text.length > 10);
  }
});

Deno.test("numbers have their plural", () => {
  equal(en.lobby.present(1), "One person is here.");
  equal(en.lobby.present(3), "3 people are here.");
  equal(de.lobby.present(0), "Noch ist niemand da.");
  equal(deChat.tooLong(1, 4000), "Ein Zeichen zu viel: Höchstens 4000 sind erlaubt.");
});

Deno.test("an instant of another day comes with its date", () => {
  const noon = new Date(2027, 4, 3, 12, 5).getTime();
  equal(clockTime("de", noon, noon + 60_000), "12:05");
  equal(clockTime("de", noon, noon + 86_400_000), "3. Mai, 12:05");
});
