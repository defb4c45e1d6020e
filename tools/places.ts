import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder, absolute, without a slash at the end. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where fetched and built programs are kept: TAFELRUNDE_CACHE, else `.cache` in the repository. May be shared by clones. */
export const CACHE = resolve(ROOT, Deno.env.get("TAFELRUNDE_CACHE") || ".cache");

/** Marks of what was done in this clone; goes with node_modules. */
export const STAMPS = `${ROOT}/node_modules/.tafelrunde`;
