import { ROOT } from "../places.ts";
import type { Change } from "./reach.ts";

async function git(...args: string[]): Promise<string | undefined> {
  const { success, stdout } = await new Deno.Command("git", { args, cwd: ROOT, stderr: "null" }).output();
  return success ? new TextDecoder().decode(stdout).trimEnd() : undefined;
}

/**
 * The default commit to compare with: where this branch left `main` (or `origin/main`); on `main` itself the
 * last commit if there are uncommitted changes, otherwise the one before.
 */
export async function defaultBase(): Promise<string> {
  const head = await git("rev-parse", "HEAD");
  for (const main of ["main", "origin/main"]) {
    const base = await git("merge-base", main, "HEAD");
    if (base !== undefined && base !== head) return base;
  }
  const isClean = await git("status", "--porcelain") === "";
  return isClean ? await git("rev-parse", "HEAD~1") ?? "HEAD" : "HEAD";
}

/**
 * All files that differ from a commit, including uncommitted and new ones. Throws if there is no such commit.
 */
export async function changesSince(base: string): Promise<Change[]> {
  const names = await git("diff", "--name-only", "--no-renames", base, "--");
  if (names === undefined) throw new Error(`git knows no commit ${base}`);
  const added = await git("ls-files", "--others", "--exclude-standard") ?? "";
  const changes = await Promise.all(
    names.split("\n").filter(Boolean).map(async (path) => {
      const diff = await git("diff", "-U0", "--no-renames", base, "--", path) ?? "";
      return { path, lines: diff.split("\n").filter((line) => /^[+-](?![+-]{2} )/.test(line)) };
    }),
  );
  return [...changes, ...added.split("\n").filter(Boolean).map((path) => ({ path, lines: [] }))];
}

/** All files of the repository, including new ones. */
export async function listFiles(): Promise<string[]> {
  return (await git("ls-files", "--cached", "--others", "--exclude-standard") ?? "").split("\n").filter(
    Boolean,
  );
}
