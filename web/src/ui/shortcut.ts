import { onCleanup } from "solid-js";

/**
 * The keys for `letter` (upper case), in the form of `aria-keyshortcuts`. "near": Ctrl and the letter, ⌘ on a
 * Mac; "far": Ctrl+Alt, or Ctrl+⌘, for letters whose near keys browsers use.
 */
export function shortcut(letter: string, reach: "near" | "far", isMac = runsOnMac()): string {
  if (isMac) return reach === "near" ? `Meta+${letter}` : `Control+Meta+${letter}`;
  return reach === "near" ? `Control+${letter}` : `Control+Alt+${letter}`;
}

function runsOnMac(): boolean {
  return /^Mac/.test(navigator.platform);
}

type Press = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "altKey" | "metaKey" | "shiftKey" | "getModifierState"
>;

/**
 * Whether `press` matches `keys`. AltGr is not Ctrl+Alt: it types letters. On a layout without a Latin letter
 * there (Cyrillic, Greek, Hebrew), the key counts that has it on most layouts.
 */
export function isPressed(keys: string, press: Press): boolean {
  const wanted = keys.split("+");
  const letter = isOfAnotherScript(press.key) ? press.code.replace(/^Key/, "") : press.key.toUpperCase();
  return letter === wanted.at(-1) &&
    press.ctrlKey === wanted.includes("Control") &&
    press.altKey === wanted.includes("Alt") &&
    press.metaKey === wanted.includes("Meta") &&
    !press.shiftKey &&
    !press.getModifierState("AltGraph");
}

/**
 * Whether a key's character reveals nothing about the position of Latin letters: a letter of another script,
 * or one that is still composed.
 */
function isOfAnotherScript(key: string): boolean {
  return /^(?!\p{sc=Latn})[\p{L}\p{M}]+$/u.test(key) || /^(Process|Unidentified)$/.test(key);
}

/**
 * Calls `act` when `keys` are pressed anywhere on the page, and prevents the browser's own use of them, as
 * long as the owner lives.
 */
export function createShortcut(keys: string, act: () => void): void {
  const listening = new AbortController();
  addEventListener("keydown", (event) => {
    if (!isPressed(keys, event)) return;
    event.preventDefault();
    if (!event.repeat) act();
  }, { signal: listening.signal });
  onCleanup(() => listening.abort());
}
