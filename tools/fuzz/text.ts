import type { Random } from "../../tests/cluster_random.ts";

/** A text that can be inflated to any size: `before`, as many times `part` as fit, `behind`. */
export interface Pump {
  readonly before: string;
  readonly part: string;
  readonly behind: string;
}

/**
 * Text that parsers stumble over: characters with a special meaning somewhere, range limits, invalid
 * characters.
 */
const BITS = [
  ..." \t\n\r\0\"'\\/.,:;=-_+*?&#@%()[]{}<>|~^$!`0159aAzZ",
  ...["é", "😀", "\ud800", "\udc00", "\u202e", "\u0301", "\u200b", "\ufeff", "\u2028", "\uff0e", "ﬃ", "İ"],
  ...[
    "\r\n",
    "..",
    "//",
    "::",
    "--",
    ";;",
    "W/",
    'W/"',
    "q=",
    "*/*",
    "%00",
    "%u",
    "%",
    "\\u0000",
    "__proto__",
  ],
  ...["-0", "-1", "1e999", "2147483648", "9007199254740993", "0x1", "NaN", "null", "true", "{}", "[]", '""'],
  ...[
    "2026-02-30",
    "T24:00",
    "+99:99",
    "Z",
    "z",
    "127.0.0.1",
    "[::ffff:1.2.3.4]",
    "xn--",
    "http://",
    "javascript:",
  ],
];

/** How often it is repeated. */
const TIMES = [1, 2, 3, 8, 33, 65, 256, 1_025];

/**
 * One of `samples`, with one to four mutations: insertion, removal, duplication, truncation, concatenation
 * with another. At most `max` characters.
 */
export function changedText(random: Random, samples: readonly string[], max: number): string {
  let text = random.pick(samples);
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const at = random.below(text.length + 1);
    const end = Math.min(text.length, at + random.below(12));
    const [before, here, behind] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
    switch (random.below(7)) {
      case 0:
        text = before + random.pick(BITS) + here + behind;
        break;
      case 1:
        text = before + behind;
        break;
      case 2:
        text = before + (here || random.pick(BITS)).repeat(random.pick(TIMES)) + behind;
        break;
      case 3:
        text = before;
        break;
      case 4:
        text = before + random.pick(samples).slice(random.below(8)) + behind;
        break;
      case 5:
        text = before + String.fromCharCode(random.below(0x300)) + behind;
        break;
      default:
        text = before + random.pick(BITS).repeat(random.pick(TIMES)) + here + behind;
    }
    text = text.slice(0, max);
  }
  return text;
}

/**
 * A way to inflate one of `samples`: part of it, or text that parsers stumble over, repeated in its middle.
 */
export function pumpOf(random: Random, samples: readonly string[]): Pump {
  const text = random.pick(samples);
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + 1 + random.below(6));
  const own = text.slice(at, end) || "a";
  const [one, other] = [random.pick(BITS), random.pick([...text, ...BITS])];
  // Most slow parsers are slow on one character, or two alternating.
  const part = random.pick([one, other, other, one + other, other + other + one, own, own + one]);
  return {
    before: text.slice(0, random.below(2) === 0 ? at : end),
    part,
    behind: random.below(3) === 0 ? "" : text.slice(at) + random.pick(["", "!", "\0", '"']),
  };
}

/** The text with about `size` characters. */
export function pumped({ before, part, behind }: Pump, size: number): string {
  return before + part.repeat(Math.max(1, Math.floor((size - before.length - behind.length) / part.length))) +
    behind;
}
