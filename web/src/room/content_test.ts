/// <reference lib="deno.ns" />
import { equal } from "node:assert/strict";
import { readContent } from "./content.ts";

Deno.test("[Y3] a page shows text within the rules; what is sealed, too long or invisible is unreadable", () => {
  equal(readContent({ text: "abc" }, 3), "abc");
  equal(readContent({ text: "abcd" }, 3), undefined);
  equal(readContent({ text: "\u200f" }, 3), undefined);
  equal(readContent({ sealed: "AAAA", epoch: 0, sender: 0 }, 3), undefined);
});
