import assert from "node:assert/strict";
import { cutText } from "./cut_text.ts";

Deno.test("a text is cut between graphemes, and is never longer than its limit", () => {
  const family = "👩‍👩‍👧‍👦";
  const texts = [
    ...[
      "plain letters, and more of them",
      "😀".repeat(20),
      `${"a".repeat(9)}😀b`,
      `${"a".repeat(8)}${family}`,
    ],
    ...[
      "e\u0301".repeat(12),
      "🇩🇪🇫🇷🇮🇹🇪🇸🇳🇱🇧🇪",
      "한국어".repeat(6),
      "a\u0300\u0301\u0302".repeat(6),
      "\r\n".repeat(9),
    ],
    ...[`x${"\u0301".repeat(40)}`, "\ud800".repeat(15), "👍🏽".repeat(8)],
  ];
  for (const text of texts) {
    for (let max = 0; max <= text.length + 1; max++) {
      const cut = cutText(text, max);
      assert.ok(cut.length <= max && text.startsWith(cut), `${text} ${max}`);
      if (text.isWellFormed()) assert.ok(cut.isWellFormed(), `${text} ${max}`);
      const ends = [...new Intl.Segmenter().segment(text)].map(({ index, segment }) =>
        index + segment.length
      );
      const fits = ends.filter((end) => end <= max);
      if (fits.length > 0) assert.equal(cut.length, fits.at(-1), `${text} ${max}`);
    }
  }
});
