import { fileURLToPath } from "node:url";
import { keepWorker, workerStarts } from "./cache.ts";
import { COMPILERS, installedVersions, LIBRARIES } from "./debian.ts";
import { applyPatches } from "./patches.ts";
import { Progress } from "./progress.ts";
import { must, type Run, type Tell } from "./run.ts";
import { fetchSrtpSource } from "./srtp_source.ts";
import { type Unit, uniteSources } from "./unity.ts";

const overlay = fileURLToPath(new URL("./overlay", import.meta.url));

/** CPU time of the whole compilation on a quiet machine of 2026, ms. */
const COMPILE_CPU_MS = 90_000;

/** Memory that a compiler uses for one unit, bytes. */
const UNIT_MEMORY_BYTES = 1e9;

/** Debian packages to install before `buildWorker`. */
export const BUILD_PACKAGES: readonly string[] = [...COMPILERS, ...LIBRARIES];

/**
 * Builds mediasoup-worker from the source in the npm package `mediasoupDir` against Debian's libraries, puts
 * it into the cache and returns its path. Works in a temporary folder of the cache, so that an aborted build
 * leaves no worker behind, and two simultaneous ones end with one of their (equal) results.
 *
 * Throws `PatchError` if the source is not the one that the patches were written for, and an error with the
 * compiler's output if it fails.
 */
export async function buildWorker(
  { mediasoupDir, version, cache, run, tell }: {
    mediasoupDir: string;
    version: string;
    cache: string;
    run: Run;
    tell: Tell;
  },
): Promise<string> {
  await Deno.mkdir(`${cache}/tmp`, { recursive: true });
  const temp = await Deno.makeTempDir({ dir: `${cache}/tmp`, prefix: `worker-${Deno.pid}-` });
  try {
    await Deno.mkdir(`${temp}/result`);
    const source = `${temp}/source`;
    const units = await layOutSource(run, tell, mediasoupDir, temp, source);
    tell("configuring");
    await must(run, "meson", ["setup", `${temp}/build`, source, "--buildtype=release", "-Db_ndebug=true"]);
    await compile(run, tell, `${temp}/build`, units);
    await must(run, "install", [
      "-s",
      "-m",
      "755",
      `${temp}/build/mediasoup-worker`,
      `${temp}/result/mediasoup-worker`,
    ]);
    if (!await workerStarts(`${temp}/result/mediasoup-worker`)) {
      throw new Error("the mediasoup-worker just built does not start");
    }
    const libraries = await installedVersions(LIBRARIES);
    return await keepWorker(cache, version, `${temp}/result`, { from: "built", libraries });
  } finally {
    await Deno.remove(temp, { recursive: true }).catch(() => {});
  }
}

async function compile(run: Run, tell: Tell, folder: string, units: readonly Unit[]): Promise<void> {
  const memory = Math.floor(Deno.systemMemoryInfo().available / UNIT_MEMORY_BYTES);
  const parallel = Math.max(1, Math.min(navigator.hardwareConcurrency, memory));
  const weights = new Map(units.map(({ name, weight }) => [name, weight]));
  const progress = new Progress(weights, parallel, COMPILE_CPU_MS / parallel, Date.now());
  const show = () => tell(progress.text(Date.now()));
  const timer = setInterval(show, 1_000);
  try {
    show();
    await must(run, "ninja", ["-C", folder, `-j${parallel}`, "mediasoup-worker"], {
      onLine(line) {
        // "[24/36] Compiling C++ object mediasoup-worker.p/unity_1.cpp.o"
        progress.ended(/(unity_\w+\.cc|unity_\w+\.cpp)\.o$/.exec(line)?.[1] ?? "", Date.now());
      },
    });
  } finally {
    clearInterval(timer);
  }
}

/**
 * Prepares mediasoup's source with Debian's libraries in place of the subprojects that its build would
 * download; returns its units.
 */
async function layOutSource(
  run: Run,
  tell: Tell,
  mediasoupDir: string,
  temp: string,
  source: string,
): Promise<Unit[]> {
  tell("laying out the source");
  await must(run, "cp", ["-r", `${mediasoupDir}/worker`, source]);
  await applyPatches(source);
  const units = await uniteSources(source);
  for await (const entry of Deno.readDir(`${source}/subprojects`)) {
    if (entry.name.endsWith(".wrap")) await Deno.remove(`${source}/subprojects/${entry.name}`);
  }
  await must(run, "cp", ["-r", `${overlay}/.`, `${source}/subprojects/`]);
  tell("fetching libsrtp's source");
  const srtp = `${source}/subprojects/libsrtp2`;
  if (await fetchSrtpSource(run, temp, srtp)) {
    const headers = `${source}/subprojects/libsrtp3/srtp2`;
    await Deno.mkdir(headers);
    await Deno.copyFile(`${srtp}/include/srtp.h`, `${headers}/srtp.h`);
  } else {
    tell("libsrtp's source is not to be had, taking Debian's slower library");
  }
  return units;
}
