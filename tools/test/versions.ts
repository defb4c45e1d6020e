import { findPostgresBin } from "../postgres_bin.ts";
import { findChromium, findChromiumShell, findFirefox, findNatsServer } from "../setup/for_tests.ts";
import { findNode } from "../setup/node.ts";

/**
 * Versions of the programs that tests use on this machine: "Chromium 156.0.8078.108, Firefox 153.8.0, …", for
 * the log of a run.
 */
export async function describePrograms(): Promise<string> {
  const programs: Readonly<Record<string, string | undefined>> = {
    Chromium: await findChromium(),
    "Chromium for pages": await findChromiumShell(),
    Firefox: await findFirefox(),
    Node: await findNode(),
    PostgreSQL: `${await findPostgresBin()}/postgres`,
    NATS: await findNatsServer(),
  };
  const found = await Promise.all(
    Object.entries(programs).map(async ([name, path]) => `${name} ${await versionOf(path)}`),
  );
  return [`Deno ${Deno.version.deno}`, ...found].join(", ");
}

/** The first version number that a program prints; "?" if there is none. */
async function versionOf(path: string | undefined): Promise<string> {
  if (path === undefined) return "?";
  const { stdout } = await new Deno.Command(path, { args: ["--version"], stderr: "null" }).output();
  return /\d+(\.\d+)+/.exec(new TextDecoder().decode(stdout))?.[0] ?? "?";
}
