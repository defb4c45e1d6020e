/**
 * Checks the imports between folders: `web → protocol ← media`, `protocol ← edge → sql` (which it reads as
 * files), and no others between the folders of the product; `tests`, `bench` and `tools` can import
 * everything. Inside edge/, folders import only from lower layers; imports of types count too. There are no
 * import cycles, except between types.
 */
import { dirname, join, normalize, relative } from "node:path";
import { ROOT } from "./places.ts";

/** Folders of code, with the folders that each can import from besides itself. */
const ARROWS: Record<string, readonly string[]> = {
  protocol: [],
  edge: ["protocol", "sql"],
  media: ["protocol"],
  web: ["protocol"],
  tests: ["protocol", "edge", "media", "web", "tools", "bench"],
  bench: ["protocol", "edge", "media", "web", "tools", "tests"],
  tools: ["protocol", "edge", "media", "web", "sql", "tests", "bench"],
};

/**
 * Layers inside a folder, lowest first: a layer cannot import from those after it. Files beside the layers
 * are not checked, nor are tests, which ask the domain through its routes.
 */
const LAYERS: Record<string, readonly string[]> = {
  edge: [
    "runtime",
    "store",
    "bus",
    "fleet",
    "outbox",
    "mail",
    "identity",
    "features",
    "rooms",
    "meetings",
    "jobs",
    "http",
  ],
};

/** The packages that the protocol can use, since it runs in Deno, in Node and in the browser. */
const PROTOCOL_PACKAGES = ["valibot"];

/**
 * What the processes on servers share, edges and media nodes: only this part of the protocol can use modules
 * of Node, and no page, nor the rest of the protocol, imports it.
 */
const PROCESS = "protocol/process/";

/** One import or export statement with a specifier, or an `import("…")`. */
export interface Import {
  readonly specifier: string;
  /** `import type`, `export type`: removed before the code runs. */
  readonly typeOnly: boolean;
}

/** Parses the imports of a module. */
export function importsOf(source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
  const statement =
    /(?:^|[\n;}])\s*(?:import|export)\b(\s+type\b(?=\s*[\w*{]))?(?:[^"'`;=(]*?\bfrom)?\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;
  return [...code.matchAll(statement)].map(([, type, from, called]) => ({
    specifier: from ?? called ?? "",
    typeOnly: type !== undefined,
  }));
}

/**
 * All problems with the imports of some files, one per line; empty if there are none. `sources`: text by path
 * from the repository's root ("edge/rooms/hand.ts").
 */
export function findImportFaults(sources: ReadonlyMap<string, string>): string[] {
  const faults: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [path, source] of sources) {
    const edges: string[] = [];
    for (const { specifier, typeOnly } of importsOf(source)) {
      const target = resolveImport(path, specifier);
      const fault = judge(path, specifier, target);
      if (fault) faults.push(`${path}: ${fault}`);
      if (!typeOnly && target && sources.has(target)) edges.push(target);
    }
    graph.set(path, edges);
  }
  for (const cycle of findCycles(graph)) faults.push(`cycle: ${cycle.join(" → ")}`);
  return faults;
}

/** Path from the root that a specifier refers to; undefined for external packages and built-in modules. */
export function resolveImport(path: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return normalize(join(dirname(path), specifier.replace(/\?.*$/, "")));
  const member = /^@tafelrunde\/([^/]+)(?:\/(.+))?$/.exec(specifier);
  return member ? `${member[1]}/${member[2] ?? "mod"}.ts` : undefined;
}

function judge(path: string, specifier: string, target: string | undefined): string | undefined {
  const room = roomOf(path);
  if (target === undefined) {
    if (room !== "protocol" || isTest(path) || PROTOCOL_PACKAGES.includes(specifier)) return undefined;
    if (path.startsWith(PROCESS) && specifier.startsWith("node:")) return undefined;
    return `imports ${specifier}; protocol/ uses ${PROTOCOL_PACKAGES.join(", ")} and nothing else`;
  }
  const other = roomOf(target);
  if (target.startsWith(PROCESS) && (room === "protocol" || room === "web") && !path.startsWith(PROCESS)) {
    return `imports ${specifier}; ${PROCESS} is for processes on servers`;
  }
  if (other === room) return judgeLayers(path, specifier, target);
  if (ARROWS[room]?.includes(other)) return undefined;
  if (isTest(path) && other === "tools") return undefined;
  return `imports ${specifier}; ${room}/ may not know ${other}/`;
}

function judgeLayers(path: string, specifier: string, target: string): string | undefined {
  const [room = "", layer = ""] = path.split("/");
  const [, other = ""] = target.split("/");
  const layers = LAYERS[room] ?? [];
  if (isTest(path) || !layers.includes(layer) || layers.indexOf(other) <= layers.indexOf(layer)) {
    return undefined;
  }
  return `imports ${specifier}; ${room}/${layer}/ may not know ${room}/${other}/`;
}

function roomOf(path: string): string {
  return path.split("/")[0] ?? "";
}

/**
 * Tests and their helpers: `hand_test.ts`, `store_for_tests.ts`, `test_node.ts`. They can take a database
 * from tools/.
 */
function isTest(path: string): boolean {
  return /(_test\.tsx?|_for_tests\.tsx?|\/test_[^/]*\.tsx?)$/.test(path);
}

/**
 * One cycle for each group of files that import one another, from its alphabetically first file back to it.
 */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      cycles.push([...trail.slice(start), path]);
      return;
    }
    if (finished.has(path)) return;
    trail.push(path);
    for (const next of graph.get(path) ?? []) visit(next);
    trail.pop();
    finished.add(path);
  };
  for (const path of [...graph.keys()].sort()) visit(path);
  return cycles;
}

/** The texts of all modules in the folders of `ARROWS`. */
export async function readSources(): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for (const room of Object.keys(ARROWS)) await walk(`${ROOT}/${room}`);
  return sources;

  async function walk(folder: string): Promise<void> {
    // Git keeps no empty folders: one without code can be missing.
    if (!await Deno.stat(folder).catch(() => undefined)) return;
    for await (const entry of Deno.readDir(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory && !["node_modules", "dist"].includes(entry.name)) await walk(path);
      if (entry.isFile && /\.(tsx?|mjs|js)$/.test(entry.name)) {
        sources.set(relative(ROOT, path), await Deno.readTextFile(path));
      }
    }
  }
}

if (import.meta.main) {
  const faults = findImportFaults(await readSources());
  for (const fault of faults) console.error(fault);
  Deno.exit(faults.length ? 1 : 0);
}
