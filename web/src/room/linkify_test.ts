/// <reference lib="deno.ns" />
import { deepEqual } from "node:assert/strict";
import { linkify } from "./linkify.ts";

const link = (href: string) => ({ text: href, href });

Deno.test("an address in a sentence becomes a link, the sentence's marks do not", () => {
  deepEqual(linkify("Siehe https://example.org/a?b=c#d."), [
    { text: "Siehe " },
    link("https://example.org/a?b=c#d"),
    { text: "." },
  ]);
  deepEqual(linkify("(http://a.example)"), [{ text: "(" }, link("http://a.example"), { text: ")" }]);
  deepEqual(linkify("https://de.wikipedia.org/wiki/Tafel_(Möbel)!"), [
    link("https://de.wikipedia.org/wiki/Tafel_(Möbel)"),
    { text: "!" },
  ]);
});

Deno.test("two addresses are two links", () => {
  deepEqual(linkify("https://a.example https://b.example"), [
    link("https://a.example"),
    { text: " " },
    link("https://b.example"),
  ]);
});

Deno.test("no other scheme is a link", () => {
  for (
    const text of [
      "javascript:alert(1)",
      "data:text/html,x",
      "ftp://a.example",
      "https://",
      "xhttps//a",
      "<b>hi</b>",
    ]
  ) {
    deepEqual(linkify(text), [{ text }]);
  }
});

Deno.test("what surrounds an address stays text", () => {
  deepEqual(linkify('https://a.example"onclick="x'), [link("https://a.example"), { text: '"onclick="x' }]);
  deepEqual(linkify(""), []);
});
