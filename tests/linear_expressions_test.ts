import { assertLinear, cpuMs } from "../tools/growth.ts";

/** Folders whose code parses untrusted input. */
const FOLDERS = ["edge", "media/src", "protocol", "web/src"];

/**
 * Length of the small attack text, characters, a quarter of the large one: the latter takes a quadratic
 * expression 100 ms, a linear one less than 1.
 */
const SIZE = 4_000;

/**
 * An expression that takes longer than this at the larger size is measured at both, ms; on its own it decides
 * nothing.
 */
const WORTH_A_LOOK_MS = 8;

/** A regular expression literal in the position of a value; strings and comments are removed before. */
const LITERAL =
  /(?<=[(=,:!&|?[{};>]\s*|return\s+)\/(?![*/])((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/g;

/** Text before the repeated part: the beginning of each expression, and common beginnings. */
const BEGINNINGS = [
  "",
  "a",
  "1",
  "a@",
  '"',
  "http://",
  "https://a",
  "FREQ=",
  "UNTIL=",
  "/r/",
  "data:image/png;base64,",
];

/** The repeated part. */
const PARTS = [
  ...'aA1-.,:;/@= \n"(<é',
  ...["a.", "a-", "a@", "1.", "a/", "A=1;", "a b", "a,", "/r/", "http://", '\\"', "()"],
];

/** Text after it, so that most expressions fail at the end. */
const ENDS = ["", "@", " x\0"];

async function* sourcesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory && name !== "node_modules") yield* sourcesIn(path);
    else if (/(?<!_test)\.tsx?$/.test(name)) yield path;
  }
}

function expressionsIn(text: string): RegExp[] {
  const code = text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "");
  return [...code.matchAll(LITERAL)].flatMap(([, source = "", flags = ""]) => {
    try {
      return [new RegExp(source, flags.replace("y", ""))];
    } catch {
      // Text between two slashes of a string.
      return [];
    }
  });
}

/** As the code uses it: once, or as often as it matches. */
function look(expression: RegExp, text: string): void {
  expression.lastIndex = 0;
  while (expression.test(text) && expression.global) if (expression.lastIndex === text.length) return;
}

Deno.test("no regular expression takes more than linear time, whatever the input", async () => {
  const expressions = new Map<string, string>();
  const root = new URL("..", import.meta.url).pathname;
  for (const folder of FOLDERS) {
    for await (const path of sourcesIn(`${root}${folder}`)) {
      for (const expression of expressionsIn(await Deno.readTextFile(path))) {
        expressions.set(String(expression), path.slice(root.length));
      }
    }
  }
  if (expressions.size < 60) throw new Error(`only ${expressions.size} found: look at LITERAL`);
  for (const [text, path] of expressions) {
    const end = text.lastIndexOf("/");
    const expression = new RegExp(text.slice(1, end), text.slice(end + 1));
    for (const beginning of BEGINNINGS) {
      for (const part of PARTS) {
        for (const behind of ENDS) {
          const inputOf = (size: number) => beginning + part.repeat(size / part.length) + behind;
          // Most finish at once; only what is slow at the larger size is measured.
          const large = inputOf(4 * SIZE);
          look(expression, large);
          const from = cpuMs();
          look(expression, large);
          if (cpuMs() - from < WORTH_A_LOOK_MS) continue;
          assertLinear(
            `${path}: ${text} at ${JSON.stringify(beginning + part)}…`,
            SIZE,
            inputOf,
            (input) => look(expression, input),
          );
        }
      }
    }
  }
});
