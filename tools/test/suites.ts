import { ROOT } from "../places.ts";
import type { TestArguments } from "./arguments.ts";
import { SECONDS } from "./order.ts";
import type { Suite } from "./suite.ts";

const deno = Deno.execPath();

/** Checks that a reviewer would otherwise make; one test each. */
export const CHECKS: readonly Suite[] = [
  typesSuite([]),
  { name: "format", command: deno, args: ["fmt", "--check", "--quiet"], early: true },
  { name: "lint", command: deno, args: ["lint", "--quiet"], early: true },
  { name: "imports", command: deno, args: ["run", "-A", "tools/imports.ts"], early: true },
];

/**
 * Folders whose tests Deno runs without a browser: those that share one suite, and the one with a suite per
 * subfolder.
 */
const SMALL_UNITS: readonly string[] = ["protocol", "web", "tools", "bench", "media/worker"];
const LARGE_UNIT = "edge";

/** Tests that assert durations, with bounds that a busy machine can break: nothing else runs beside them. */
export const ALONE: readonly string[] = [
  // How long a packet is in transit.
  "bench/netlab/netlab_test.ts",
  // Delays of events between edges, and of their repair.
  "tests/cluster_bus_test.ts",
  // The longest time that a picture freezes.
  "tests/cluster_chaos_test.ts",
  // How long an edge takes to stop, or until its end is noticed.
  "tests/cluster_drain_test.ts",
  "tests/cluster_presence_test.ts",
];

/**
 * Tests that mostly wait for timeouts: two of them run beside those that use the CPU. Those that are in
 * `ALONE` too run beside one of the others there: each uses a tenth of two cores, and their bounds leave
 * seconds.
 */
export const WAITING: readonly string[] = [
  "tests/cluster_bus_test.ts",
  "tests/cluster_drain_test.ts",
  "tests/cluster_presence_test.ts",
  "tests/open_files_test.ts",
  "tests/media_repair_test.ts",
  "tests/silent_server_test.ts",
  "tests/long_meeting_test.ts",
  "tests/silent_database_test.ts",
  "tests/store_health_test.ts",
  "tests/proxies_test.ts",
  "tests/on_the_way_test.ts",
];

/** From how many test files of the whole system the short ones share processes, and how many share one. */
const MANY_FILES = 40;
const GROUP_SIZE = 5;

/** Approximate duration of such a process, seconds, so that none is the last to start. */
const GROUP_SECONDS = 40;

/** Files and folders to test, by their runner. */
export interface Targets {
  /** On Deno, one process for all of them. */
  readonly units: readonly string[];
  /** The whole system, on Deno: one process per file. */
  readonly system: readonly string[];
  /** On Node, below media/src. */
  readonly media: readonly string[];
}

/** All suites: checks, then the tests that take longest. Reports go to `temp`. */
export async function allSuites(temp: string): Promise<Suite[]> {
  return [...await quickSuites(temp), ...await systemSuites(temp, ["tests"])];
}

/** The suites that need no browser. */
export async function quickSuites(temp: string): Promise<Suite[]> {
  const alone = ALONE.filter((file) => !file.startsWith("tests/"));
  return [
    ...CHECKS,
    ...[...await testsByFolder(LARGE_UNIT)].map(([folder, files]) =>
      denoSuite(temp, folder, ["--no-check", ...files])
    ),
    denoSuite(temp, "units", ["--no-check", `--ignore=${alone}`, ...SMALL_UNITS]),
    ...alone.map((file) => fileSuite(temp, file)),
    mediaSuite(temp, await testsBelow("media/src")),
  ];
}

/** Sorts the selection of the command line into suites; without one, all of them. */
export async function chooseSuites({ paths, filter }: TestArguments, temp: string): Promise<Suite[]> {
  if (filter === undefined) return await (paths.length ? suitesOf(sort(paths), temp) : allSuites(temp));
  const { units, media, system } = sort(
    paths.length ? paths : [LARGE_UNIT, ...SMALL_UNITS, "tests", "media/src"],
  );
  const suites: Suite[] = [];
  // A filter can leave a file without tests, which is fine when files run together.
  if (units.length) suites.push(denoSuite(temp, "units", ["--filter", filter, ...units]));
  if (system.length) suites.push(denoSuite(temp, "system", ["--filter", filter, ...system]));
  if (media.length) suites.push(mediaSuite(temp, await filesOf(media), filter));
  return suites;
}

function sort(paths: readonly string[]): Targets {
  const media = paths.filter((path) => path.startsWith("media/src"));
  const system = paths.filter((path) => path.startsWith("tests"));
  return { media, system, units: paths.filter((path) => !media.includes(path) && !system.includes(path)) };
}

/**
 * The suites of some files and folders. A single file checks its types itself, several have a suite for that.
 */
export async function suitesOf(
  { units, media, system }: Targets,
  temp: string,
): Promise<Suite[]> {
  const systemFiles = await filesOf(system);
  if (media.length === 0 && (units.length === 0) !== (systemFiles.length === 0) && systemFiles.length < 2) {
    return [denoSuite(temp, systemFiles[0] ?? "units", systemFiles.length ? systemFiles : units)];
  }
  const suites: Suite[] = [];
  const checked = [...units, ...systemFiles];
  if (checked.length) suites.push(typesSuite(checked));
  if (units.length) suites.push(denoSuite(temp, "units", ["--no-check", ...units]));
  if (media.length) suites.push(mediaSuite(temp, await filesOf(media)));
  return [...suites, ...await systemSuites(temp, systemFiles)];
}

/**
 * The suites for some changed files: their format and lint, types, imports, and the tests that they reach.
 */
export async function changedSuites(
  files: readonly string[],
  tests: readonly string[],
  temp: string,
): Promise<Suite[]> {
  const code = files.filter((path) => /\.(tsx?|mjs)$/.test(path));
  const formatted = files.filter((path) => /\.(tsx?|mjs|json|css|html|ya?ml)$/.test(path));
  const { units, system, media } = sort(tests);
  const checked = [...new Set([...code.filter((path) => !path.endsWith(".mjs")), ...tests])];
  const suites: Suite[] = [typesSuite(checked), ...CHECKS.filter(({ name }) => name === "imports")];
  if (formatted.length) {
    const args = ["fmt", "--check", "--quiet", "--permit-no-files", ...formatted];
    suites.push({ name: "format", command: deno, args, early: true });
  }
  if (code.length) {
    const args = ["lint", "--quiet", "--permit-no-files", ...code];
    suites.push({ name: "lint", command: deno, args, early: true });
  }
  if (units.length) suites.push(denoSuite(temp, "units", ["--no-check", ...units]));
  if (media.length) suites.push(mediaSuite(temp, media));
  return [...suites, ...await systemSuites(temp, system)];
}

/**
 * Tests of the whole system: real database, sockets, media, browsers. One process per file, except that of
 * many files the short ones share processes: starting one takes half a second of CPU time.
 */
async function systemSuites(temp: string, paths: readonly string[]): Promise<Suite[]> {
  const files = await filesOf(paths);
  const isShort = (file: string) =>
    files.length > MANY_FILES && SECONDS[file] === undefined &&
    ![...ALONE, ...WAITING].includes(file);
  const short = files.filter(isShort);
  const groups = Array.from(
    { length: Math.ceil(short.length / GROUP_SIZE) },
    (_, index) => short.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE),
  );
  return [
    ...files.filter((file) => !isShort(file)).map((file) => fileSuite(temp, file)),
    ...groups.map((group) => ({
      ...denoSuite(temp, `${group[0]} and ${group.length - 1} others`, ["--no-check", ...group]),
      seconds: GROUP_SECONDS,
    })),
  ];
}

function fileSuite(temp: string, file: string): Suite {
  const suite = denoSuite(temp, file, ["--no-check", file]);
  return { ...suite, file, alone: ALONE.includes(file), waits: WAITING.includes(file) };
}

/** Tests of the media node, on Node, where it runs; with the real worker. `filter`: same as Deno's. */
function mediaSuite(temp: string, files: readonly string[], filter?: string): Suite {
  const report = `${temp}/media.xml`;
  return {
    name: "media",
    command: "sh",
    args: [
      "-c",
      'exec "$NODE_BIN" "$@"',
      "node",
      "--test",
      // One process for all files: starting one and reading mediasoup takes a quarter of a second.
      "--test-isolation=none",
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=junit",
      `--test-reporter-destination=${report}`,
      ...filter === undefined ? [] : [`--test-name-pattern=${patternOf(filter)}`],
      ...files,
    ],
    report,
  };
}

/** Converts Deno's filter to Node's: plain text is matched literally, text between slashes is a pattern. */
function patternOf(filter: string): string {
  const isPattern = filter.length > 2 && filter.startsWith("/") && filter.endsWith("/");
  return isPattern ? filter : filter.replaceAll(/[$()*+.?[\\\]^{|}/]/g, String.raw`\$&`);
}

/** `paths`: files or folders; none: everything. */
export function typesSuite(paths: readonly string[]): Suite {
  return { name: "types", command: deno, args: ["check", "--quiet", ...paths], early: true };
}

function denoSuite(temp: string, name: string, args: readonly string[]): Suite {
  const report = `${temp}/${name.replaceAll("/", "_")}.xml`;
  return {
    name,
    command: deno,
    args: ["test", "-A", "--no-prompt", `--junit-path=${report}`, ...args],
    report,
  };
}

/** The test files of a folder: those in a subfolder by "folder/name", the others by "folder". */
async function testsByFolder(folder: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const file of await testsBelow(folder)) {
    const part = file.split("/").slice(0, 2).join("/");
    const name = part === file ? folder : part;
    found.set(name, [...found.get(name) ?? [], file]);
  }
  return found;
}

async function filesOf(paths: readonly string[]): Promise<string[]> {
  return (await Promise.all(paths.map(testsBelow))).flat();
}

/** The test files in a folder of the repository; a path of a file returns that file. */
async function testsBelow(path: string): Promise<string[]> {
  const info = await Deno.stat(`${ROOT}/${path}`);
  if (info.isFile) return [path];
  const found: string[] = [];
  for await (const entry of Deno.readDir(`${ROOT}/${path}`)) {
    if (entry.isDirectory && entry.name !== "node_modules") {
      found.push(...await testsBelow(`${path.replace(/\/$/, "")}/${entry.name}`));
    } else if (entry.name.endsWith("_test.ts")) found.push(`${path.replace(/\/$/, "")}/${entry.name}`);
  }
  return found.sort();
}
