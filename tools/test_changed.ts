/**
 * `deno task test:changed [SINCE] [--why] [--list]`: runs the tests that changes since a commit reach, and
 * format, lint, types and imports of the changed files. `--why` prints how each test is reached, `--list`
 * runs nothing.
 */
import { changesSince, defaultBase, listFiles } from "./changed/git.ts";
import { buildGraph } from "./changed/graph.ts";
import { findReached } from "./changed/reach.ts";
import { readSources } from "./imports.ts";
import { ROOT } from "./places.ts";
import { readFlags, readOrExit } from "./test/arguments.ts";
import { runTests } from "./test/run.ts";
import { ALONE, changedSuites } from "./test/suites.ts";

const { flags: options, others: [named] } = readOrExit(() => readFlags(Deno.args, ["--why", "--list"]));
const base = named ?? await defaultBase();
const changes = await changesSince(base);
if (changes.length === 0) {
  console.log(`nothing has changed since ${base}`);
  Deno.exit(0);
}
const sources = await readSources();
const reasons = findReached(changes, buildGraph(sources, await listFiles()), sources, ALONE);
console.log(`${changes.length} files have changed since ${base.slice(0, 12)}; they reach:`);
for (const [test, reason] of [...reasons].sort(([a], [b]) => a < b ? -1 : 1)) {
  console.log(options.includes("--why") ? `  ${test}\n      ${reason}` : `  ${test}`);
}
if (!options.includes("--why")) console.log("(--why says how)");
if (options.includes("--list")) Deno.exit(0);

const isThere = (path: string) => Deno.stat(`${ROOT}/${path}`).then(() => true, () => false);
const there = (await Promise.all(changes.map(async ({ path }) => await isThere(path) ? [path] : []))).flat();
Deno.exit(await runTests((temp) => changedSuites(there, [...reasons.keys()], temp)));
