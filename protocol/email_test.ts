import assert from "node:assert/strict";
import { domainToUnicode } from "node:url";
import { canonicalEmail, canonicalEmailPart, canonicalHost, shownEmail, shownHost } from "./email.ts";

Deno.test("addresses that are in use are accepted, whatever their letters", () => {
  for (
    const [typed, kept = typed] of [
      ["anna@example.org"],
      [" Anna.Schmidt@Example.ORG ", "anna.schmidt@example.org"],
      ["o'brien@example.ie"],
      ["anna&ben@example.org"],
      ["anna+rat@example.org"],
      ["a!#$%&'*+/=?^_`{|}~-z@example.org"],
      ["abc..def.@docomo.example.jp"],
      ["1@2.example"],
      ["anna@müller.de", "anna@xn--mller-kva.de"],
      ["anna@xn--mller-kva.de"],
      ["ANNA@MÜLLER.DE", "anna@xn--mller-kva.de"],
      ["anna@mu\u0308ller.de", "anna@xn--mller-kva.de"],
      ["anna@straße.de", "anna@xn--strae-oqa.de"],
      ["анна@почта.рф", "анна@xn--80a1acny.xn--p1ai"],
      ["用户@例え.jp", "用户@xn--r8jz45g.jp"],
      ["用户@例え。jp", "用户@xn--r8jz45g.jp"],
      ["ａｎｎａ＠example.org".replace("＠", "@"), "anna@example.org"],
      ["o\u0308zlem@example.org", "özlem@example.org"],
      ["anna@a--b.example.org"],
      ["anna@xn--p1ai.xn--p1ai"],
    ] as const
  ) {
    assert.equal(canonicalEmail(typed), kept, typed);
    assert.equal(canonicalEmail(kept), kept, "its own spelling");
    assert.equal(canonicalEmail(shownEmail(kept)), kept, "as it is shown");
  }
});

Deno.test("text that is not an address is rejected", () => {
  for (
    const text of [
      "",
      "@",
      "anna",
      "anna@",
      "@example.org",
      "anna@example",
      "anna@example..org",
      "anna@.example.org",
      "anna@-a.example",
      "anna@10.0.0.1",
      "anna@0x7f.1",
      "anna@[10.0.0.1]",
      "anna@example.org/x",
      "anna@example.org?x",
      "anna@example.org#x",
      "anna@example.org:25",
      "anna@exa%6dple.org",
      "an na@example.org",
      "<anna@example.org>",
      "anna,ben@example.org",
      "anna\u200b@example.org",
      "anna\u3164@example.org",
      "anna\ud800@example.org",
      "anna@ex\u0000ample.org",
      "anna\r\nbcc: x@example.org",
      '"anna ben"@example.org',
      `${"a".repeat(65)}@example.org`,
      `${"ä".repeat(33)}@example.org`,
      `anna@${"a".repeat(64)}.example.org`,
      `anna@${"abcdefg.".repeat(32)}org`,
      `${"a@".repeat(20_000)}.`,
    ]
  ) assert.equal(canonicalEmail(text), undefined, text.slice(0, 60));
});

Deno.test("a domain is shown in its own script, as the platform does it, and nothing else is converted", () => {
  const hosts = [
    "müller.de",
    "straße.de",
    "例え.jp",
    "почта.рф",
    "παράδειγμα.ελ",
    "مثال.إختبار",
    "bücher.example.org",
  ];
  for (const host of [...hosts, "faß.de", "ä.de", "ä-ö-ü.de", "ли.рф", "한국.kr", "😀.example"]) {
    const kept = canonicalHost(host);
    assert.ok(kept !== undefined && /^[\0-\x7f]+$/.test(kept), host);
    assert.equal(shownHost(kept), domainToUnicode(kept), kept);
    assert.equal(shownHost(kept), host);
  }
  for (
    const host of ["xn--a", "xn--", "xn--99999999", "xn--mller-kv", "example.org", "xn--zzzzzzzzzzzzzzzzzz"]
  ) {
    assert.equal(shownHost(host), host);
  }
  assert.equal(shownEmail("anna@xn--mller-kva.de"), "anna@müller.de");
  assert.equal(shownEmail("no address"), "no address");
});

Deno.test("part of an address is searched for in the spelling in which addresses are stored", () => {
  assert.equal(canonicalEmailPart("Anna@Müller.de"), "anna@xn--mller-kva.de");
  assert.equal(canonicalEmailPart("müller"), "xn--mller-kva");
  assert.equal(canonicalEmailPart("anna@"), "anna@");
  assert.equal(canonicalEmailPart("Özlem@example"), "özlem@example");
  assert.equal(canonicalEmailPart("50%"), "50%");
});
