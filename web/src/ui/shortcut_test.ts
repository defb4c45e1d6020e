/// <reference lib="deno.ns" />
import { equal } from "node:assert/strict";
import { isPressed, shortcut } from "./shortcut.ts";

function press(key: string, modifiers: string[] = []) {
  return {
    key,
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

Deno.test("a letter written with AltGr is no shortcut", () => {
  equal(isPressed("Control+Alt+C", press("c", ["Control", "Alt", "AltGraph"])), false);
});
