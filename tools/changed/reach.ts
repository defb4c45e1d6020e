import { featureOf, featureOfLines, isHub, speaksOf } from "./feature.ts";
import type { Graph } from "./graph.ts";
import { ALWAYS, EVERYTHING } from "./table.ts";

/** A changed file, and its added and removed lines. */
export interface Change {
  readonly path: string;
  readonly lines: readonly string[];
}

/** Why a test is run: "protocol/hand.ts → edge/rooms/hand.ts → edge/rooms/hand_test.ts". */
export type Reasons = ReadonlyMap<string, string>;

const isTest = (path: string) => /_test\.tsx?$/.test(path);

/**
 * The tests that changes reach. Beyond the lists that features are plugged into, a change inside a feature
 * reaches only tests that mention it and do not measure time (`alone`); for those any feature serves equally
 * well.
 */
export function findReached(
  changes: readonly Change[],
  graph: Graph,
  sources: ReadonlyMap<string, string>,
  alone: readonly string[],
): Reasons {
  const tests = [...graph.keys()].filter(isTest);
  const reasons = new Map<string, string>();
  const give = (test: string, reason: string) => {
    if (!reasons.has(test)) reasons.set(test, reason);
  };
  for (const test of ALWAYS) give(test, "always");
  const users = reverse(graph);
  const hubs = new Set([...graph.keys()].filter((path) => isHub(path, graph)));
  for (const { path, lines } of changes) {
    if (EVERYTHING.some((where) => where.endsWith("/") ? path.startsWith(where) : path === where)) {
      for (const test of tests) give(test, `${path}, which everything depends on`);
    }
    const feature = isTest(path) ? undefined : hubs.has(path) ? featureOfLines(lines) : featureOf(path);
    const all = walk(path, users, () => true);
    if (feature === undefined) {
      for (const [test, reason] of all) if (isTest(test)) give(test, reason);
      continue;
    }
    for (
      const [test, reason] of walk(path, users, (from, to) => !hubs.has(from) && !isBrowserUse(from, to))
    ) {
      if (isTest(test)) give(test, reason);
    }
    for (
      const beside of [...hubs].filter((hub) => all.has(hub)).map((hub) =>
        hub.replace(/(\.tsx?)$/, "_test$1")
      )
    ) {
      if (graph.has(beside)) give(beside, `${path} → … → ${beside}`);
    }
    for (const test of tests) {
      if (all.has(test) && !alone.includes(test) && speaks(test, feature)) {
        give(test, `${path} … ${test} speaks of "${feature}"`);
      }
    }
  }
  return reasons;

  /** By its own name, by its text, or by that of its step files in the same folder. */
  function speaks(test: string, feature: string): boolean {
    const folder = test.replace(/[^/]*$/, "");
    const helpers = [...graph.get(test) ?? []].filter((path) =>
      path.startsWith(folder) && /_steps\.tsx?$/.test(path)
    );
    return featureOf(test) === feature ||
      [test, ...helpers].some((path) => speaksOf(feature, sources.get(path) ?? ""));
  }
}

/** A page and the test that drives it in a browser. */
const isBrowserUse = (from: string, to: string) => from.startsWith("web/") && to.startsWith("tests/");

function reverse(graph: Graph): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const [path, needed] of graph) {
    for (const target of needed) users.set(target, [...users.get(target) ?? [], path]);
  }
  return users;
}

/**
 * Everything that uses a file, directly or indirectly, over steps that `may` allows, with the shortest route
 * to each.
 */
function walk(
  start: string,
  users: ReadonlyMap<string, readonly string[]>,
  may: (from: string, to: string) => boolean,
): Map<string, string> {
  const ways = new Map([[start, start]]);
  const queue = [start];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const user of users.get(path) ?? []) {
      if (ways.has(user) || !may(path, user)) continue;
      ways.set(user, `${ways.get(path)} → ${user}`);
      queue.push(user);
    }
  }
  return ways;
}
