/// <reference lib="deno.ns" />
import { deepEqual } from "node:assert/strict";
import { linkify } from "./linkify.ts";

const link = (href: string) => ({ text: href, href });

Deno.test("formatting marks of other programs (bold, code) are not part of an address", () => {
  for (const mark of ["*", "**", "`", "**."]) {
    const [before, address, after] = linkify(`see ${mark}https://example.org/a${mark} now`);
    deepEqual([before?.text, address?.text, after?.text], [
      `see ${mark}`,
      "https://example.org/a",
      `${mark} now`,
    ]);
  }
});

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

Deno.test("an address ends where Chinese, Japanese, Arabic or Hindi put a mark", () => {
  const split = (text: string) =>
    linkify(text).map((piece) => "href" in piece ? `<${piece.href}>` : piece.text);
  deepEqual(split("見て https://a.example/a。次"), ["見て ", "<https://a.example/a>", "。次"]);
  deepEqual(split("（https://a.example/b）です"), ["（", "<https://a.example/b>", "）です"]);
  deepEqual(split("https://a.example/d，谢谢"), ["<https://a.example/d>", "，谢谢"]);
  deepEqual(split("看“https://a.example/e”吧"), ["看“", "<https://a.example/e>", "”吧"]);
  deepEqual(split("「https://a.example/f」？"), ["「", "<https://a.example/f>", "」？"]);
  deepEqual(split("https://a.example/g؟"), ["<https://a.example/g>", "؟"]);
  deepEqual(split("https://a.example/h।"), ["<https://a.example/h>", "।"]);
  deepEqual(split("https://a.example/i！https://a.example/j"), [
    "<https://a.example/i>",
    "！",
    "<https://a.example/j>",
  ]);
  // Parts of an address stay.
  deepEqual(split("https://ja.example/wiki/日本・東京"), ["<https://ja.example/wiki/日本・東京>"]);
  deepEqual(split("https://en.example/wiki/Michelson–Morley"), [
    "<https://en.example/wiki/Michelson–Morley>",
  ]);
});

Deno.test("an address ends at a dash, an ellipsis, an upright or small form, a mark of direction, and at any script's full stop", () => {
  const address = "https://a.example/a";
  const ending = [
    ..."\u2014\u2015\u2018\u2019\u2026\u200e\u200f\u202a\u202e\u2066\u2069\uff5e\ufe10\ufe12\ufe19\ufe30\ufe35\ufe41\ufe50\ufe52\ufe59\ufe6b",
  ];
  for (const mark of ending) {
    deepEqual(
      linkify(`${address}${mark}あと`),
      [link(address), { text: `${mark}あと` }],
      mark.codePointAt(0)!.toString(16),
    );
  }
  for (const mark of "\u0f0d\u0f0e\u104a\u104b\u17d4\u17d5") {
    deepEqual(
      linkify(`${address}${mark}`),
      [link(address), { text: mark }],
      mark.codePointAt(0)!.toString(16),
    );
  }
});
