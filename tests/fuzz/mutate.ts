import type { Random } from "../cluster_random.ts";
import { placesIn, raw, textOf, type Tree, treeOf, type TreePlace } from "./tree.ts";

/** A message of an untrusted client: text, or bytes that may be neither text nor UTF-8. */
export type Frame = string | { readonly bytes: Uint8Array; readonly isBinary: boolean };

/** Names that no schema has, and that are special in JavaScript. */
const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "",
  "a.b",
  "\0",
  "0",
  "length",
  "ä".repeat(60),
  "😀".repeat(31),
  "\ud800",
  "\u202e",
  "x".repeat(2_000),
];

/** Numbers in different notations. Source of the limits: IEEE 754, and PostgreSQL's integer and bigint. */
const NUMBERS = [
  ...[
    "0",
    "-0",
    "-1",
    "1",
    "0.5",
    "1.5",
    "255",
    "256",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "4294967295",
  ],
  ...[
    "4294967296",
    "9007199254740991",
    "9007199254740992",
    "9223372036854775808",
    "1e308",
    "1e309",
    "-1e309",
    "1e-400",
  ],
  ...["1E5", "1e0", "0.1e1", "9".repeat(400), "01", "+1", "NaN", "Infinity", "0x10", "1."],
];

const TEXTS = [
  "",
  " ",
  "\0",
  "a\0b",
  "ä".repeat(41),
  "😀".repeat(20),
  "\ud800",
  "\udc00\ud800",
  "\u202e\u2066",
  "\ufeff",
  "\r\n",
  "a\r\na=ice-lite\r\n",
  "__proto__",
  "constructor",
  "null",
  "$" + "{1}",
  "../../etc/passwd",
  "<script>",
  "'; drop table room; --",
  "%00",
  "http://a/))))",
  "\\",
  '"',
  "x".repeat(257),
  "x".repeat(4_001),
  "x".repeat(30_000),
];

const SCALARS = ["null", "true", "false", "{}", "[]", "[[]]", '""', "0"];

/** Depths of nesting: around the limit, and far beyond what a stack supports. */
const DEPTHS = [5, 31, 32, 33, 5_000];

/**
 * Values seen under each name, to replace others: a message that is still valid gets further than an invalid
 * one.
 */
export class Seen {
  readonly #byName = new Map<string, string[]>();

  constructor(messages: Iterable<object>) {
    for (const message of messages) {
      for (const { name, tree } of placesIn(treeOf(message))) {
        const values = this.#byName.get(name) ?? [];
        const text = textOf(tree);
        if (values.length < 50 && !values.includes(text)) values.push(text);
        this.#byName.set(name, values);
      }
    }
  }

  pick(random: Random, name: string): Tree | undefined {
    const values = this.#byName.get(name);
    return values === undefined ? undefined : treeOf(JSON.parse(random.pick(values)));
  }

  pickAny(random: Random): Tree {
    return this.pick(random, random.pick([...this.#byName.keys()]))!;
  }
}

/**
 * `message` after 1 to 3 changes; one in eight unchanged, and one in twelve truncated or otherwise broken as
 * text.
 */
export function mutate(random: Random, message: object, seen: Seen): Frame {
  const root = treeOf(message);
  if (random.below(8) > 0) {
    for (let changes = 1 + random.below(3); changes > 0; changes--) change(random, root, seen);
  }
  const text = textOf(root);
  return random.below(12) === 0 ? breakText(random, text) : text;
}

function change(random: Random, root: Tree, seen: Seen): void {
  const places = placesIn(root);
  if (places.length === 0) return;
  // Places near the root are twice as likely: most places are deep in a few large values.
  const shallow = places.filter(({ name }) => name !== "").slice(0, 8);
  const place = random.pick(random.below(2) === 0 && shallow.length > 0 ? shallow : places);
  // The type of a message selects its schema, so it rarely changes.
  if (place.name === "type" && random.below(8) > 0) return change(random, root, seen);
  const { tree } = place;
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return place.put(seen.pick(random, place.name));
    case 3:
      return place.put(seen.pickAny(random));
    case 4:
      return place.put(undefined);
    case 5:
      return place.put(raw(random.pick(SCALARS)));
    case 6:
      return place.put(nested(random, tree));
    case 7:
      return addTo(random, root, tree, seen);
    case 8:
      return repeat(random, root, place);
    default:
      return place.put(other(random, tree));
  }
}

/** A value of the same kind: another number for a number, another string for a string. */
function other(random: Random, tree: Tree): Tree {
  if (tree.kind !== "raw") return raw(random.pick(SCALARS));
  if (/^[-0-9]/.test(tree.text)) return raw(random.pick(NUMBERS));
  if (tree.text === "true") return raw("false");
  if (tree.text === "false") return raw("true");
  if (!tree.text.startsWith('"') || random.below(2) === 0) return raw(JSON.stringify(random.pick(TEXTS)));
  const text = JSON.parse(tree.text) as string;
  const at = random.below(text.length + 1);
  const inserted = random.pick(TEXTS.slice(0, 20));
  return raw(JSON.stringify(text.slice(0, at) + inserted + text.slice(at + random.below(2))));
}

function nested(random: Random, tree: Tree): Tree {
  const depth = random.pick(DEPTHS);
  return random.below(2) === 0
    ? raw("[".repeat(depth) + textOf(tree) + "]".repeat(depth))
    : raw('{"a":'.repeat(depth) + textOf(tree) + "}".repeat(depth));
}

/** Adds a name, in `tree` if it is an object. */
function addTo(random: Random, root: Tree, tree: Tree, seen: Seen): void {
  const target = tree.kind === "object" ? tree : root;
  if (target.kind !== "object") return;
  target.pairs.splice(random.below(target.pairs.length + 1), 0, [
    random.pick(NAMES),
    random.below(2) === 0 ? seen.pickAny(random) : raw(random.pick(SCALARS)),
  ]);
}

/** Repeats a part: a duplicate name, or an array's item many times. */
function repeat(random: Random, root: Tree, { name, tree }: TreePlace): void {
  if (tree.kind === "array") {
    const item = tree.items[0] ?? raw("0");
    const times = random.pick([1, 2, 9, 101, 1_000]);
    if (textOf(item).length * times < 60_000) tree.items.push(...Array.from({ length: times }, () => item));
  } else if (root.kind === "object") {
    root.pairs.push([name, random.below(2) === 0 ? tree : other(random, tree)]);
  }
}

function breakText(random: Random, text: string): Frame {
  const at = random.below(text.length + 1);
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + random.pick(TEXTS.slice(0, 20)) + text.slice(at);
    case 2:
      return text + text;
    case 3:
      return `\ufeff${text}`;
    case 4:
      return { bytes: new TextEncoder().encode(text), isBinary: true };
    case 5: {
      const bytes = new TextEncoder().encode(text);
      bytes[random.below(bytes.length)] = 128 + random.below(128);
      return { bytes, isBinary: false };
    }
    case 6:
      return text.padEnd(64 * 1024 + random.below(3) - 1);
    default:
      return random.pick(["", " ", "null", "[]", "0", '"', "{", "\0", "NaN", '{"type":"__proto__"}']);
  }
}

/** A frame as a failed run prints it. */
export function shown(frame: Frame): string {
  const text = typeof frame === "string"
    ? frame
    : `${frame.isBinary ? "binary" : "bytes"} ${new TextDecoder().decode(frame.bytes)}`;
  return text.length <= 1_500 ? text : `${text.slice(0, 1_500)}… (${text.length} characters)`;
}
