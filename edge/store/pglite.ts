import { PGlite } from "@electric-sql/pglite";

/** Longest time for creating the files of a new database, ms: it takes 3 s, on a busy machine 20. */
const MAKING_MS = 120_000;

/**
 * Shared buffers. PostgreSQL touches all of them at its start, and its default of 128 MB would serve one user
 * on files that the system caches anyway: measured, 120 MB less at the same speed.
 */
const SHARED_BUFFERS = "16MB";

/** Options of every PGlite. */
export const PGLITE_OPTIONS = {
  startParams: [...PGlite.defaultStartParams, "-c", `shared_buffers=${SHARED_BUFFERS}`],
};

/**
 * Opens the database in `directory` (undefined: in memory). The files of a new one are created in a separate
 * thread: the 350 MB needed for that would stay with the process.
 */
export async function openPgliteFiles(directory?: string): Promise<PGlite> {
  if (directory === undefined) return await PGlite.create(PGLITE_OPTIONS);
  if (!await isMade(directory)) await makeInThread(directory);
  return await PGlite.create(directory, PGLITE_OPTIONS);
}

/**
 * Creates the files of a database in `directory`, which is empty or missing: all of them, or none if it is
 * interrupted.
 */
export async function makePgliteFiles(directory: string): Promise<void> {
  const draft = `${directory}.draft`;
  await Deno.remove(draft, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const client = await PGlite.create(draft, PGLITE_OPTIONS);
  await client.close();
  await Deno.rename(draft, directory);
}

async function isMade(directory: string): Promise<boolean> {
  try {
    return (await Deno.stat(`${directory}/PG_VERSION`)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Rejects with the thread's error. */
async function makeInThread(directory: string): Promise<void> {
  const thread = new Worker(new URL("./pglite_worker.ts", import.meta.url), { type: "module" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no database after ${MAKING_MS} ms`)), MAKING_MS);
      thread.addEventListener("error", (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      });
      thread.addEventListener(
        "message",
        ({ data }: MessageEvent<{ failed?: string }>) =>
          data.failed === undefined ? resolve() : reject(new Error(data.failed)),
      );
      thread.postMessage(directory);
    });
  } finally {
    clearTimeout(timer);
    thread.terminate();
  }
}
