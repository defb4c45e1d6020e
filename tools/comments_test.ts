import assert from "node:assert/strict";
import { ROOT } from "./places.ts";

/** Widest line of a comment, columns. Source: CONTRIBUTING, the same as that of code. */
const WIDTH = 110;

const FOLDERS = ["protocol", "edge", "media", "web", "tools", "bench", "tests"];

Deno.test("comments wrap at 110 columns", async () => {
  const wide: string[] = [];
  for (const folder of FOLDERS) {
    for await (const path of sourcesBelow(folder)) {
      const lines = (await Deno.readTextFile(`${ROOT}/${path}`)).split("\n");
      for (const [index, line] of lines.entries()) {
        if (/^\s*(?:\/\*\*|\*|\/\/)/.test(line) && line.length > WIDTH && !isUnbreakable(line)) {
          wide.push(`${path}:${index + 1}`);
        }
      }
    }
  }
  assert.deepEqual(wide, []);
});

/** A line without a place to break it, such as a URL. */
function isUnbreakable(line: string): boolean {
  return !/\S\s+\S/.test(line.replace(/^\s*(?:\/\*\*|\*|\/\/)\s*/, ""));
}

async function* sourcesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}/${folder}`)) {
    if (name === "node_modules" || name === "dist") continue;
    if (isDirectory) yield* sourcesBelow(`${folder}/${name}`);
    else if (/\.(?:tsx?|mjs)$/.test(name)) yield `${folder}/${name}`;
  }
}
