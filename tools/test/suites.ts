import { ROOT } from "../places.ts";
import type { Suite } from "./suite.ts";

const deno = Deno.execPath();

/** What a reviewer would otherwise look at; one test each. */
export const CHECKS: readonly Suite[] = [
  { name: "format", command: deno, args: ["fmt", "--check", "--quiet"] },
  { name: "lint", command: deno, args: ["lint", "--quiet"] },
  { name: "types", command: deno, args: ["check", "--quiet"] },
  { name: "imports", command: deno, args: ["run", "-A", "tools/imports.ts"] },
];

/** Folders whose tests Deno runs without a browser. */
const UNIT_FOLDERS = ["protocol", "edge", "web", "tools", "bench", "media/worker"];

/** Tests of single rooms, on Deno. `paths`: files or folders, or options of `deno test`. Reports go to `temp`. */
export function unitSuite(temp: string, paths: readonly string[] = UNIT_FOLDERS): Suite {
  return denoSuite("units", temp, paths);
}

/** Tests of the whole system: real database, sockets, media, browsers. */
export function systemSuite(temp: string, paths: readonly string[] = ["tests"]): Suite {
  return denoSuite("system", temp, paths);
}

/** Tests of the media node, on Node, where it runs; with the real worker. */
export async function mediaSuite(temp: string, node: string, paths?: readonly string[]): Promise<Suite> {
  const report = `${temp}/media.xml`;
  return {
    name: "media",
    command: node,
    args: [
      "--test",
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=junit",
      `--test-reporter-destination=${report}`,
      ...(paths ?? await testsBelow("media/src")),
    ],
    report,
  };
}

/** Sorts what the command line asks for into suites; nothing asked: all of them. */
export async function chooseSuites(asked: readonly string[], temp: string, node: string): Promise<Suite[]> {
  const options = asked.filter((word) => word.startsWith("-"));
  const paths = asked.filter((word) => !word.startsWith("-"));
  if (!paths.length) {
    if (options.length) {
      return [unitSuite(temp, [...options, ...UNIT_FOLDERS]), systemSuite(temp, [...options, "tests"])];
    }
    return [...CHECKS, unitSuite(temp), await mediaSuite(temp, node), systemSuite(temp)];
  }
  const media = paths.filter((path) => path.startsWith("media/src"));
  const system = paths.filter((path) => path.startsWith("tests"));
  const units = paths.filter((path) => !media.includes(path) && !system.includes(path));
  const suites: Suite[] = [];
  if (units.length) suites.push(unitSuite(temp, [...options, ...units]));
  if (media.length) {
    suites.push(await mediaSuite(temp, node, (await Promise.all(media.map(testsBelow))).flat()));
  }
  if (system.length) suites.push(systemSuite(temp, [...options, ...system]));
  return suites;
}

function denoSuite(name: string, temp: string, paths: readonly string[]): Suite {
  const report = `${temp}/${name}.xml`;
  return {
    name,
    command: deno,
    args: ["test", "-A", "--no-prompt", `--junit-path=${report}`, ...paths],
    report,
  };
}

/** The test files in a folder of the repository; a path that is a file stands for itself. */
async function testsBelow(path: string): Promise<string[]> {
  const info = await Deno.stat(`${ROOT}/${path}`);
  if (info.isFile) return [path];
  const found: string[] = [];
  for await (const entry of Deno.readDir(`${ROOT}/${path}`)) {
    if (entry.isDirectory && entry.name !== "node_modules") {
      found.push(...await testsBelow(`${path}/${entry.name}`));
    } else if (entry.name.endsWith("_test.ts")) found.push(`${path}/${entry.name}`);
  }
  return found.sort();
}
