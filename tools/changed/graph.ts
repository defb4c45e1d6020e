import { dirname, join, normalize } from "node:path";
import { importsOf, resolveImport } from "../imports.ts";
import { ALL_PAGES, BROWSER, DRIVES, READS, SHELLS, WORDS_OF } from "./table.ts";

/** The files that each file depends on, as paths from the repository's root. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

const isTest = (path: string) => /_test\.tsx?$/.test(path);
const isPageFile = (path: string) =>
  path.startsWith("web/") && !isTest(path) && !path.startsWith("web/gallery/");

/**
 * Builds the dependencies of each file: its imports (including types), files it names by path in a string
 * (such as a program to start), and what the tables list: files read at run time and pages driven in a
 * browser. `sources`: source code by path; `files`: all paths of the repository.
 */
export function buildGraph(sources: ReadonlyMap<string, string>, files: readonly string[]): Graph {
  const known = new Set(files);
  const graph = new Map<string, Set<string>>(files.map((path) => [path, new Set()]));
  const below = (where: string) =>
    files.filter((path) => where.endsWith("/") ? path.startsWith(where) : path === where);
  const needs = (path: string) => graph.get(path) ?? new Set();
  for (const [path, source] of sources) {
    for (const { specifier } of importsOf(source)) {
      const target = resolveImport(path, specifier);
      if (target === undefined || !known.has(target)) continue;
      if (!(SHELLS.test(path) && isOfSomePages(target))) needs(path).add(target);
    }
    // The runner names tests but does not depend on them.
    if (path.startsWith("tools/test/") || path.startsWith("tools/changed/")) continue;
    for (const [, relative, fromRoot] of withoutComments(source).matchAll(NAMED)) {
      const target = relative === undefined ? fromRoot! : normalize(join(dirname(path), relative));
      if (known.has(target) && target !== path) needs(path).add(target);
    }
  }
  for (const [path, wheres] of Object.entries(READS)) {
    for (const target of wheres.flatMap(below)) needs(path).add(target);
  }
  for (const path of files) {
    for (const page of pagesOf(path)) for (const file of below(page)) needs(file).add(path);
  }
  for (const test of files.filter(isTest)) {
    if (!BROWSER.test(sources.get(test) ?? "")) continue;
    const pages = DRIVES[test]?.flatMap(below) ?? files.filter((path) => path.startsWith("web/"));
    for (const page of pages.filter(isPageFile)) needs(test).add(page);
    for (const page of ALL_PAGES.flatMap(below)) if (!isOfSomePages(page)) needs(test).add(page);
  }
  return graph;
}

/**
 * `new URL("./worker.ts", import.meta.url)`, or a path from the root in a string of its own or after
 * `${ROOT}/`.
 */
const NAMED =
  /new URL\(\s*["'](\.{0,2}\/?[\w./-]+\.\w+)["'],\s*import\.meta\.url|["'`](?:\$\{ROOT\}\/)?([\w.-]+(?:\/[\w.-]+)+\.\w+)["'`]/g;

const withoutComments = (source: string) =>
  source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "$1");

/** Whether a file of the web app is used by some pages only. */
const isOfSomePages = (path: string) =>
  path.startsWith("web/src/") &&
  (pagesOf(path).length > 0 ||
    !ALL_PAGES.some((page) => page.endsWith("/") ? path.startsWith(page) : path === page));

/**
 * The folders of the pages that a file of words belongs to; none if it is no such file, or belongs to all
 * pages.
 */
function pagesOf(path: string): readonly string[] {
  const name = /^web\/src\/i18n\/[a-z]{2}_(\w+)\.ts$/.exec(path)?.[1];
  return name === undefined ? [] : WORDS_OF[name] ?? [`web/src/${name}/`];
}
