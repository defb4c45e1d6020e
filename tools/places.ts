import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder, absolute, without a trailing slash. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Where fetched and built programs are kept: TAFELRUNDE_CACHE, or `.cache` in the repository. Clones can
 * share it.
 */
export const CACHE = resolve(ROOT, Deno.env.get("TAFELRUNDE_CACHE") || ".cache");

/** Marks of completed set-up work in this clone; removed with node_modules. */
export const STAMPS = `${ROOT}/node_modules/.tafelrunde`;
