/**
 * `deno task feature-cost COMMIT`: what a commit that adds a feature costs: its own files, the lines that it
 * adds to each list, and what it touches elsewhere. Exit code 1 if it touches more than its own files and one
 * line of each list.
 */
import { ROOT } from "./places.ts";

/** The lists of features. */
export const LISTS = [
  "protocol/features.ts",
  "protocol/feature_messages.ts",
  "edge/features.ts",
  "web/src/features.ts",
] as const;

/** Files that every commit may touch: the changelog, and what is printed from the code. */
const PRINTED = [
  "CHANGELOG.md",
  "docs/protocol.md",
  "docs/running.md",
  "edge/http/answer_examples.json",
  "edge/http/doc_comments.json",
];

/** One file of a commit. */
export interface Change {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
}

/** What a feature's commit costs. */
export interface Cost {
  readonly feature: string;
  readonly ownFiles: number;
  readonly ownLines: number;
  /** Added lines, by list. */
  readonly lists: Readonly<Record<string, number>>;
  /** Files touched besides those, the changelog and what is printed from code. */
  readonly elsewhere: readonly Change[];
  /** Whether the feature touches its own files and one line of each list. */
  readonly isFree: boolean;
}

/** The cost of adding `feature` by these changes. */
export function costOf(feature: string, changes: readonly Change[]): Cost {
  const isOwn = ({ path }: Change) => new RegExp(`(^|/)features/${feature}(/|\\.|_test\\.)`).test(path);
  const isList = ({ path }: Change) => LISTS.some((list) => list === path);
  const own = changes.filter(isOwn);
  const lists = Object.fromEntries(changes.filter(isList).map(({ path, added }) => [path, added]));
  const elsewhere = changes.filter((change) =>
    !isOwn(change) && !isList(change) && !PRINTED.includes(change.path)
  );
  const isListedOnce = LISTS.every((list) => lists[list] === 1) &&
    changes.filter(isList).every(({ removed }) => removed === 0);
  return {
    feature,
    ownFiles: own.length,
    ownLines: own.reduce((sum, { added }) => sum + added, 0),
    lists,
    elsewhere,
    isFree: isListedOnce && elsewhere.length === 0,
  };
}

/** The changes of a commit, and the feature that it adds; throws if the clone lacks it, or it adds none. */
export async function readCommit(commit: string): Promise<{ feature: string; changes: Change[] }> {
  const numbers = await git("show", "--numstat", "--no-renames", "--format=", commit);
  const changes = numbers.trim().split("\n").map((line) => {
    const [added = "", removed = "", path = ""] = line.split("\t");
    return { path, added: Number(added) || 0, removed: Number(removed) || 0 };
  });
  const list = await git("show", "--format=", commit, "--", LISTS[0]);
  const feature = /^\+export \{ (\w+) \}/m.exec(list)?.[1];
  if (feature === undefined) throw new Error(`${commit} adds no feature to ${LISTS[0]}`);
  return { feature, changes };
}

async function git(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", { args, cwd: ROOT }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  const [commit = "HEAD"] = Deno.args;
  const { feature, changes } = await readCommit(commit);
  const cost = costOf(feature, changes);
  console.log(`${feature}: ${cost.ownFiles} files of its own, ${cost.ownLines} lines`);
  for (const list of LISTS) console.log(`  ${list}: +${cost.lists[list] ?? 0}`);
  for (const { path, added, removed } of cost.elsewhere) {
    console.log(`  elsewhere: ${path} +${added} -${removed}`);
  }
  if (!cost.isFree) Deno.exit(1);
}
