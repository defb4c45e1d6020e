import { assertLinear, cpuMs } from "../tools/growth.ts";

/** Whose code reads what strangers send. */
const FOLDERS = ["edge", "media/src", "protocol", "web/src"];

/** Characters of an attack on an expression, a quarter of the longest: of a quadratic one, that takes 100 ms, of a linear one less than 1. */
const SIZE = 4_000;

/** What takes longer at the larger size is measured at both, ms; it alone decides nothing. */
const WORTH_A_LOOK_MS = 8;

/** A regular expression where a value may stand; strings and comments are taken out before. */
const LITERAL =
  /(?<=[(=,:!&|?[{};>]\s*|return\s+)\/(?![*/])((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/g;

/** What stands before the part that is repeated: what each expression begins with, and the beginnings of what is often looked for. */
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

/** What is repeated. */
const PARTS = [
  ...'aA1-.,:;/@= \n"(<é',
  ...["a.", "a-", "a@", "1.", "a/", "A=1;", "a b", "a,", "/r/", "http://", '\\"', "()"],
];

/** What stands behind it, so that most expressions fail at the end. */
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
      // What stands between two slashes of a text.
      return [];
    }
  });
}

/** As the code uses it: once, or as often as it is found. */
function look(expression: RegExp, text: string): void {
  expression.lastIndex = 0;
  while (expression.test(text) && expression.global) if (expression.lastIndex === text.length) return;
}

Deno.test("no regular expression takes more than linear time, whatever it is given", async () => {
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
          // Most are done at once; only what is slow at the larger size is measured.
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
