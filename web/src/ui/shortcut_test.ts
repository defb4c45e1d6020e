/// <reference lib="deno.ns" />
import { equal } from "node:assert/strict";
import { isPressed, shortcut } from "./shortcut.ts";

function press(key: string, modifiers: string[] = [], code = `Key${key.toUpperCase()}`) {
  return {
    key,
    code,
    ctrlKey: modifiers.includes("Control"),
    altKey: modifiers.includes("Alt"),
    metaKey: modifiers.includes("Meta"),
    shiftKey: modifiers.includes("Shift"),
    getModifierState: (name: string) => modifiers.includes(name),
  };
}

Deno.test("a shortcut has the platform's modifiers", () => {
  equal(shortcut("D", "near", false), "Control+D");
  equal(shortcut("D", "near", true), "Meta+D");
  equal(shortcut("H", "far", false), "Control+Alt+H");
  equal(shortcut("H", "far", true), "Control+Meta+H");
});

Deno.test("a shortcut is exactly its keys", () => {
  equal(isPressed("Control+D", press("d", ["Control"])), true);
  equal(isPressed("Control+D", press("d")), false);
  equal(isPressed("Control+D", press("D", ["Control", "Shift"])), false);
  equal(isPressed("Control+Alt+C", press("c", ["Control", "Alt"])), true);
});

Deno.test("a letter typed with AltGr is no shortcut", () => {
  equal(isPressed("Control+Alt+C", press("c", ["Control", "Alt", "AltGraph"])), false);
});

Deno.test("a shortcut is a key where the layout has no Latin letters, and the letter where it has", () => {
  for (const key of ["в", "δ", "ג", "ي", "ᄃ", "ก", "ა", "Process", "Unidentified"]) {
    equal(isPressed("Control+D", press(key, ["Control"], "KeyD")), true, key);
    equal(isPressed("Control+E", press(key, ["Control"], "KeyD")), false, key);
  }
  // French, Dvorak: the letter is elsewhere.
  equal(isPressed("Control+D", press("d", ["Control"], "KeyH")), true);
  equal(isPressed("Control+D", press("e", ["Control"], "KeyD")), false);
});

Deno.test("a character that is no letter, or a Latin one with a mark, is no shortcut of its key's usual letter", () => {
  // Dvorak's full stop on E, Turkish F's ğ on E, French's é, digits, and keys that are named.
  for (const key of [".", ",", "'", ";", "ğ", "ı", "é", "ß", "ñ", "2", "/", " ", "Enter", "F1", "ArrowUp"]) {
    equal(isPressed("Control+E", press(key, ["Control"], "KeyE")), false, key);
  }
});
