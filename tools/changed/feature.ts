import { basename } from "node:path";
import type { Graph } from "./graph.ts";
import { FEATURES } from "./table.ts";

/** The feature that a file belongs to, by its name or its folder; undefined: none. */
export function featureOf(path: string, features: readonly string[] = FEATURES): string | undefined {
  const folder = /(?:^|\/)features\/([^/]+)\//.exec(path)?.[1];
  if (folder !== undefined) return folder;
  // Building blocks of all pages: tokens.css has the design's tokens, not those of phones.
  if (path.startsWith("web/src/ui/")) return undefined;
  const first = /^[A-Z]?[a-z]+/.exec(basename(path))?.[0].toLowerCase() ?? "";
  return features.find((name) => name === first || `${name}s` === first);
}

/** Whether a file is a list that features are plugged into: it imports files of at least two. */
export function isHub(path: string, graph: Graph): boolean {
  if (/_test\.tsx?$/.test(path)) return false;
  const features = new Set([...graph.get(path) ?? []].map((target) => featureOf(target)).filter(Boolean));
  return features.size >= 2 || /^web\/src\/i18n\/[a-z]{2}(_\w+)?\.ts$/.test(path);
}

/** The feature that every changed line of a hub mentions; undefined: none, or several. */
export function featureOfLines(lines: readonly string[]): string | undefined {
  const worded = lines.filter((line) => /\w{2}/.test(line)).map((line) => line.toLowerCase());
  return worded.length === 0
    ? undefined
    : FEATURES.find((name) => worded.every((line) => line.includes(name)));
}

/**
 * Whether a test's text mentions a feature: in a string of several words, such as a test's name or a button's
 * label.
 */
export function speaksOf(feature: string, source: string): boolean {
  const word = new RegExp(`\\b${feature}s?\\b`, "i");
  return [...source.matchAll(/"([^"\n]*)"|`([^`\n]*)`/g)].some(([, quoted, template]) => {
    const text = quoted ?? template ?? "";
    return text.includes(" ") && word.test(text);
  });
}
