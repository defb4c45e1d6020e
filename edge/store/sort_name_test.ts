import assert from "node:assert/strict";
import { sortName } from "./sort_name.ts";

Deno.test("a name is found by a part of it, whatever letter ends that part", () => {
  const found: [name: string, part: string][] = [
    ["Γιώργος Νίκου", "ΓΙΩΡΓΟΣ"],
    ["Οδυσσεύς", "ΟΔΥΣ"],
    ["Κώστας", "κώστασ"],
    ["ΓΙΩΡΓΟΣ", "Γιώργος"],
    ["Straße", "STRASSE"],
    ["Özlem", "ozlem"],
    ["Irmak", "ırmak"],
  ];
  for (const [name, part] of found) {
    assert.ok(sortName(name).includes(sortName(part)), `${name} by ${part}`);
  }
});
