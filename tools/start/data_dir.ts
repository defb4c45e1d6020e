import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { ROOT } from "../places.ts";

/**
 * The product's data folder: DATA_DIR, or `data` in the repository; created, for its owner only, if missing.
 */
export async function openDataDir(): Promise<string> {
  const folder = resolve(ROOT, Deno.env.get("DATA_DIR") || "data");
  await Deno.mkdir(`${folder}/log`, { recursive: true, mode: 0o700 });
  await Deno.chmod(folder, 0o700);
  return folder;
}

/**
 * The secret with which edges and media nodes authenticate each other: CLUSTER_KEY, or the one in
 * `cluster.key` of the data folder, created at the first start (32 random bytes in hex). Two simultaneous
 * first starts agree on one key.
 */
export async function clusterKey(dataDir: string): Promise<string> {
  const given = Deno.env.get("CLUSTER_KEY");
  if (given) return given;
  const path = `${dataDir}/cluster.key`;
  const fresh = `${path}.${Deno.pid}`;
  const kept = await Deno.readTextFile(path).catch(() => "");
  if (kept.trim()) return kept.trim();
  await Deno.writeTextFile(fresh, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  // A link, unlike a rename, never replaces a key that another start has created meanwhile.
  await Deno.link(fresh, path).catch((error) => {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  });
  await Deno.remove(fresh);
  return (await Deno.readTextFile(path)).trim();
}
