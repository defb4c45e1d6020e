import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { installedVersions } from "./debian.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Stored beside the cached binary: its source, and for a built one the versions of its libraries. */
export interface Origin {
  from: "prebuilt" | "built";
  libraries: Record<string, string>;
}

/**
 * The cache folder for the worker of one mediasoup version on this kind of machine. Its name ends in a
 * checksum of everything that affects a build, except the libraries' versions, which are in `origin.json`.
 */
export async function workerFolder(cache: string, version: string): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([version, Deno.build.os, Deno.build.arch, await release()]));
  const files = [
    ...await filesBelow(`${here}overlay`),
    ...["build.ts", "patches.ts", "srtp_source.ts", "unity.ts"].map((name) => here + name),
  ];
  for (const file of files.sort()) {
    hash.update(`\0${file.slice(here.length)}\0`).update(await Deno.readFile(file));
  }
  return `${cache}/mediasoup-worker-${version}-${hash.digest("hex").slice(0, 16)}`;
}

/**
 * The cached binary if it exists, starts, and no library it was built with is installed in another version (a
 * library that is not installed is ignored: a cache can move to a machine that never builds).
 */
export async function cachedWorker(cache: string, version: string): Promise<string | undefined> {
  const folder = await workerFolder(cache, version);
  let origin: Origin;
  try {
    origin = JSON.parse(await Deno.readTextFile(`${folder}/origin.json`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
  const installed = await installedVersions(Object.keys(origin.libraries));
  for (const [name, version] of Object.entries(origin.libraries)) {
    if (name in installed && installed[name] !== version) return undefined;
  }
  const binary = `${folder}/mediasoup-worker`;
  return await workerStarts(binary) ? binary : undefined;
}

/**
 * Moves a folder with `mediasoup-worker` into the cache atomically, replacing an earlier one; returns the
 * binary's path.
 */
export async function keepWorker(
  cache: string,
  version: string,
  folder: string,
  origin: Origin,
): Promise<string> {
  await Deno.writeTextFile(`${folder}/origin.json`, JSON.stringify(origin, null, 2) + "\n");
  const target = await workerFolder(cache, version);
  for (;;) {
    try {
      await Deno.rename(folder, target);
      break;
    } catch (error) {
      if (!(error instanceof Error) || !/not empty|exists/i.test(error.message)) throw error;
      const old = `${folder}.old`;
      await Deno.rename(target, old).catch(() => {});
      await Deno.remove(old, { recursive: true }).catch(() => {});
    }
  }
  return `${target}/mediasoup-worker`;
}

/**
 * Whether a file is a mediasoup-worker that this machine can run: without its parent it exits with code 41 at
 * once.
 */
export async function workerStarts(binary: string): Promise<boolean> {
  try {
    const { code } = await new Deno.Command(binary, {
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(10_000),
    }).output();
    return code === 41;
  } catch {
    return false;
  }
}

/** The release of Debian or another system, "" if unknown. */
async function release(): Promise<string> {
  const text = await Deno.readTextFile("/etc/os-release").catch(() => "");
  return /^ID=(.*)$/m.exec(text)?.[1] + " " + /^VERSION_ID=(.*)$/m.exec(text)?.[1];
}

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) files.push(...await filesBelow(path));
    else files.push(path);
  }
  return files;
}
