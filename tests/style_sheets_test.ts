import assert from "node:assert/strict";
import { dependencies } from "../tools/setup/dependencies.ts";
import { setup } from "../tools/setup/setup.ts";
import { WEB_DIR, webApp } from "../tools/setup/web_app.ts";

/**
 * What style sheets can use: Chromium 114, Firefox 128 and Safari 17.0, the oldest supported browsers,
 * support all of it except the values in `NEWER_VALUES`. To use more, look up since when it is supported, and
 * add it here or to `NEWER`. Source: MDN's browser compatibility data.
 */
const KNOWN = {
  properties: `
    -moz-text-size-adjust -webkit-backdrop-filter -webkit-box-orient -webkit-line-clamp -webkit-tap-highlight-color
    -webkit-text-decoration-color -webkit-text-size-adjust -webkit-user-select accent-color align-content align-items
    align-self animation animation-delay animation-duration animation-iteration-count appearance aspect-ratio background
    border border-bottom border-bottom-color border-color border-radius border-style border-top border-width bottom
    box-shadow box-sizing clip-path color color-scheme container container-type content cursor display fill filter flex
    flex-direction flex-wrap font font-display font-family font-size font-style font-variant-numeric font-weight gap
    grid-area grid-auto-columns grid-auto-flow grid-row grid-template grid-template-columns grid-template-rows height
    inset justify-content justify-items justify-self left letter-spacing line-height list-style margin margin-block
    margin-bottom margin-inline margin-inline-end margin-left margin-right margin-top max-height max-width min-height
    min-width object-fit opacity outline outline-offset overflow overflow-wrap overflow-x overflow-y overscroll-behavior padding
    padding-block padding-bottom padding-inline padding-left padding-right padding-top place-content place-items
    pointer-events position resize right rotate scroll-behavior scroll-padding-top src stroke stroke-linecap
    stroke-linejoin stroke-width text-align text-decoration text-decoration-color text-decoration-thickness
    text-overflow text-transform text-underline-offset top transform transform-box transform-origin transition
    transition-duration unicode-bidi unicode-range vertical-align visibility white-space width z-index`,
  functions:
    `attr blur brightness calc clamp color-mix env format inset linear-gradient max min minmax repeat rotate
    saturate scale scaleX translate translateX translateY url var`,
  selectors:
    `::-moz-meter-bar ::-webkit-meter-bar ::-webkit-meter-even-less-good-value ::-webkit-meter-optimum-value
    ::-webkit-meter-suboptimum-value ::after ::backdrop ::before ::placeholder ::selection :active :after :before
    :checked :disabled :empty :first-child :focus :focus-visible :focus-within :has :hover :last-child :not :nth-child
    :root :target`,
  atRules: "@container @font-face @keyframes @media @supports",
};
type Kind = keyof typeof KNOWN;
const isKnown = (kind: Kind, name: string) => KNOWN[kind].split(/\s+/).includes(name);

/**
 * Properties that one of them lacks, and what happens there. "": nothing acceptable, so another declaration
 * has to replace it.
 */
const NEWER: Readonly<Record<string, string>> = {
  "backdrop-filter": "",
  "field-sizing": "web/src/ui/TextArea.tsx makes the field as high as its text",
  "forced-color-adjust": "Safari has no forced colours",
  "overflow-clip-margin": "it is 0 there",
  "position-area": "",
  "scrollbar-width": "one sees a scrollbar",
  "text-size-adjust": "",
  "text-wrap": "lines wrap as they come",
  "user-select": "",
};

/**
 * Values of known properties that one of them does not support. `safe` is not listed: all parse it, and newer
 * ones apply it.
 */
const NEWER_VALUES: readonly (readonly [property: RegExp, value: RegExp])[] = [
  // Alternative text: Safari 17.4.
  [/^content$/, /\//],
  // Relative colours: Chromium 119, Safari 18.
  [/./, /\b(rgb|hsl|oklch|color)\(\s*from\b/],
  // Types and properties other than `content`: Chromium 133.
  [/^(?!content$)/, /\battr\(/],
  // Chromium 129 and 138, Safari 26.
  [/^(width|height|min-|max-|inline-size|block-size)/, /\b(stretch|calc-size)\b/],
];

interface Declaration {
  readonly atRules: readonly string[];
  readonly selector: string;
  readonly property: string;
  readonly value: string;
  /** Earlier declarations in the same block. */
  readonly ahead: readonly Declaration[];
}

/** The declarations of a sheet, and its selectors and at-rules. */
function read(sheet: string): { declarations: Declaration[]; preludes: string[]; nested: string[] } {
  const plain = sheet.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/"[^"]*"|'[^']*'/g, '""');
  const declarations: Declaration[] = [];
  const preludes: string[] = [];
  const nested: string[] = [];
  const open: { prelude: string; block: Declaration[] }[] = [];
  const declare = (text: string) => {
    const [, property, value] = /^\s*([\w-]+)\s*:([^]*)$/.exec(text) ?? [];
    const { prelude, block } = open.at(-1) ?? {};
    if (property === undefined || property.startsWith("--") || prelude === undefined) return;
    const atRules = open.map(({ prelude }) => prelude).filter((prelude) => prelude.startsWith("@"));
    const one = { atRules, selector: prelude, property, value: value!.trim(), ahead: [...block!] };
    declarations.push(one);
    block!.push(one);
  };
  let from = 0;
  for (const { 0: sign, index } of plain.matchAll(/[{};]/g)) {
    const text = plain.slice(from, index);
    from = index + 1;
    if (sign === "{") {
      const prelude = text.trim();
      if (open.some(({ prelude }) => !prelude.startsWith("@"))) nested.push(prelude);
      preludes.push(prelude);
      open.push({ prelude, block: [] });
    } else {
      declare(text);
      if (sign === "}") open.pop();
    }
  }
  return { declarations, preludes, nested };
}

const isNewer = ({ property, value }: Declaration) =>
  NEWER[property] !== undefined || NEWER_VALUES.some(([of, is]) => of.test(property) && is.test(value));

/** What one of the oldest browsers lacks in `sheet`, without a replacement. */
function lacking(sheet: string): string[] {
  const { declarations, preludes, nested } = read(sheet);
  const unknown = (kind: Kind, names: Iterable<string>) =>
    [...new Set(names)].filter((name) => !isKnown(kind, name));
  const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([name]) => name);
  const selectors = preludes.filter((prelude) => !/^@|^(from|to|[\d.]+%)/.test(prelude));
  return [
    ...unknown("properties", declarations.map(({ property }) => property))
      .filter((property) => NEWER[property] === undefined),
    ...unknown("functions", declarations.flatMap(({ value }) => found(value, /[a-z][\w-]*(?=\()/g))),
    ...unknown("selectors", selectors.flatMap((selector) => found(selector, /::?[a-z-]+/g))),
    ...unknown("atRules", preludes.flatMap((prelude) => found(prelude, /^@[\w-]+/g))),
    // Nesting that begins with an element's name: Chromium 120, Safari 17.2.
    ...nested.filter((prelude) => /^[a-z]/i.test(prelude) && !/^(from|to)\b/.test(prelude)),
    ...declarations.filter((one) => {
      const { atRules, ahead, property } = one;
      const hasOther = ahead.some((other) =>
        (other.property === property || other.property === `-webkit-${property}`) && !isNewer(other)
      );
      return isNewer(one) && !hasOther && !NEWER[property] &&
        !atRules.some((rule) => rule.startsWith("@supports") && rule.includes(property));
    }).map(({ selector, property, value }) => `${selector} { ${property}: ${value} }`),
  ];
}

Deno.test("style sheets use nothing that the oldest browsers lack without a replacement", async (t) => {
  await setup([dependencies, webApp], new AbortController().signal);
  const assets = [...Deno.readDirSync(`${WEB_DIR}/assets`)].map(({ name }) => `${WEB_DIR}/assets/${name}`);
  const sheets = [...assets.filter((file) => file.endsWith(".css")), "edge/http/docs.css"];
  assert.ok(sheets.length > 1);
  for (const sheet of sheets) {
    await t.step(sheet.replace(/.*\//, ""), async () => {
      const text = await Deno.readTextFile(sheet);
      assert.ok(read(text).declarations.length > 50);
      assert.deepEqual(lacking(text), []);
    });
  }
});

Deno.test("what the oldest browsers lack is found in a style sheet, and so is its replacement", () => {
  for (
    const sheet of [
      'a::after { content: attr(x) / "" }',
      'a { b: c } @media print { a { content: "x" / "y"; content: "z" / "" } }',
      "a { backdrop-filter: blur(1px) }",
      "a { user-select: none }",
      "a { position-area: bottom }",
      "a { color: light-dark(#fff, #000) }",
      "a { color: rgb(from red r g b) }",
      "a { width: calc-size(auto, size) }",
      "a { height: stretch }",
      "a { text-box: trim-both cap alphabetic }",
      "a { width: attr(x px) }",
      "a:dir(rtl) { color: red }",
      "a:user-invalid { color: red }",
      "@scope (a) { b { color: red } }",
      "a { @starting-style { opacity: 0 } }",
      "a { b { color: red } }",
      "@supports (display: grid) { a { position-area: bottom } }",
    ]
  ) {
    assert.notDeepEqual(lacking(sheet), [], sheet);
  }
  for (
    const sheet of [
      'a::after { content: attr(x); content: attr(x) / "" }',
      "a{-webkit-backdrop-filter:blur(1px);backdrop-filter:blur(1px)}",
      "@supports (position-area: bottom) { a { position-area: bottom } }",
      "a { text-wrap: balance }",
      "a { background: url('x.svg') 0 0 / 1px 1px } /* { content: a / b } */",
      "@keyframes x { from { opacity: 0 } 50.5% { opacity: 1 } }",
    ]
  ) {
    assert.deepEqual(lacking(sheet), [], sheet);
  }
});
