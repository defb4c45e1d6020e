import { release } from "node:os";
import { arch, platform } from "node:process";
import { keepWorker, workerStarts } from "./cache.ts";
import { must, type Run } from "./run.ts";

const RELEASES = "https://github.com/versatica/mediasoup/releases/download";

/** Longest wait for GitHub's response, ms: short, for machines that cannot reach it. */
const ANSWER_MS = 4_000;
/** Longest wait for the file (3 MB), ms. */
const DOWNLOAD_MS = 60_000;

/**
 * Name of mediasoup's own prebuilt worker for a machine. Source: getWorkerPrebuildTarName in mediasoup's
 * npm-scripts.mjs.
 */
export function prebuiltName(version: string, os: string, cpu: string, kernel: string): string {
  const suffix = os === "linux" ? `-kernel${Number(kernel.split(".")[0])}` : "";
  return `mediasoup-worker-${version}-${os}-${cpu}${suffix}.tgz`;
}

/**
 * Downloads mediasoup's prebuilt worker into the cache; undefined if there is none for this machine, GitHub
 * does not respond soon, or the file does not start here. Only TLS authenticates it: mediasoup publishes no
 * checksum. MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL sets another source,
 * MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD skips the download, as in mediasoup itself.
 */
export async function fetchPrebuilt(run: Run, cache: string, version: string): Promise<string | undefined> {
  if (Deno.env.get("MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD")) return undefined;
  const base = Deno.env.get("MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL") ?? RELEASES;
  const bytes = await download(`${base}/${version}/${prebuiltName(version, platform, arch, release())}`);
  if (!bytes) return undefined;
  await Deno.mkdir(`${cache}/tmp`, { recursive: true });
  const temp = await Deno.makeTempDir({ dir: `${cache}/tmp`, prefix: `prebuilt-${Deno.pid}-` });
  try {
    await Deno.mkdir(`${temp}/worker`);
    await Deno.writeFile(`${temp}/worker.tgz`, bytes);
    await must(run, "tar", ["-xzf", `${temp}/worker.tgz`, "-C", `${temp}/worker`, "mediasoup-worker"]);
    await Deno.chmod(`${temp}/worker/mediasoup-worker`, 0o755);
    if (!await workerStarts(`${temp}/worker/mediasoup-worker`)) return undefined;
    return await keepWorker(cache, version, `${temp}/worker`, { from: "prebuilt", libraries: {} });
  } finally {
    await Deno.remove(temp, { recursive: true });
  }
}

async function download(url: string): Promise<Uint8Array | undefined> {
  const giveUp = new AbortController();
  let timer = setTimeout(() => giveUp.abort(), ANSWER_MS);
  try {
    const response = await fetch(url, { signal: giveUp.signal });
    clearTimeout(timer);
    timer = setTimeout(() => giveUp.abort(), DOWNLOAD_MS);
    if (response.ok) return await response.bytes();
    await response.body?.cancel();
    return undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
