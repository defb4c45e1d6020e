/// <reference lib="deno.ns" />
import { equal, match, notEqual } from "node:assert/strict";
import { joinFragment, splitFragment } from "./fragment_halves.ts";

const SECRET = "AbC-_0123456789xyzXYZw";

/** The storage of a tab. */
function makeStorage(): Storage {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    clear: () => items.clear(),
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

Deno.test("[U33] the halves of a fragment restore it, once, in the tab that split it", () => {
  const tab = makeStorage();
  const half = splitFragment(SECRET, () => tab);
  equal(joinFragment(half, () => makeStorage()), "");
  equal(joinFragment(half, () => tab), SECRET);
  equal(tab.length, 0);
  equal(joinFragment(half, () => tab), "");
});

Deno.test("[U33] no half reveals anything alone, and none repeats", () => {
  const tab = makeStorage();
  const half = splitFragment(SECRET, () => tab);
  match(half, /^[0-9a-f]{44}$/);
  const kept = tab.getItem(tab.key(0)!)!;
  for (const text of [half, kept]) {
    notEqual(
      text,
      Array.from(SECRET, (c) => c.charCodeAt(0).toString(16)).join(""),
    );
  }
  notEqual(splitFragment(SECRET, () => tab), half);
});

Deno.test("[U33] an invalid half gives no fragment", () => {
  const tab = makeStorage();
  splitFragment(SECRET, () => tab);
  equal(joinFragment("zz", () => tab), "");
  equal(joinFragment("", () => tab), "");
});

Deno.test("[U33] a tab without storage continues without the fragment", () => {
  const closed = {
    ...makeStorage(),
    setItem() {
      throw new Error("QuotaExceededError");
    },
  };
  equal(splitFragment(SECRET, () => closed), "");
});
