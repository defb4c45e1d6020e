import { cpus, loadavg, release, totalmem } from "node:os";
import { ROOT } from "../tools/places.ts";
import { findChromium } from "../tools/setup/for_tests.ts";
import { findNode } from "../tools/setup/node.ts";

/** Writes a bench's figures to results/, with the time, commit and machine of the measurement. */
export async function record(bench: string, figures: Readonly<Record<string, unknown>>): Promise<void> {
  const [commit, changes, node, chromium] = await Promise.all([
    output("git", "rev-parse", "HEAD"),
    output("git", "status", "--porcelain", "--untracked-files=no"),
    findNode().then((path) => path === undefined ? "" : output(path, "--version")),
    findChromium().then((path) => path === undefined ? "" : output(path, "--version")),
  ]);
  const processors = cpus();
  const result = {
    bench,
    date: new Date().toISOString(),
    commit,
    /** Whether files differed from the commit. */
    changed: changes !== "",
    machine: {
      cores: processors.length,
      cpu: processors[0]?.model ?? "",
      memoryGb: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
      /**
       * Over the last 15 minutes, including the bench's own: a value above `cores` means that other programs
       * disturbed it.
       */
      load: Math.round((loadavg()[2] ?? 0) * 10) / 10,
    },
    versions: { deno: Deno.version.deno, node, chromium },
    figures,
  };
  await Deno.mkdir(`${ROOT}/results`, { recursive: true });
  await Deno.writeTextFile(`${ROOT}/results/${bench}.json`, `${JSON.stringify(result, null, 2)}\n`);
}

async function output(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args, cwd: ROOT, stderr: "null" }).output();
  return new TextDecoder().decode(stdout).trim();
}
