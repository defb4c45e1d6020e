import type { Store } from "../edge/store/open.ts";
import { fillPgliteFolder } from "../edge/store/template_for_tests.ts";
import { startBackbone } from "./cluster_rig.ts";
import type { EdgeProcessOptions } from "./edge_process.ts";

/** Entry points with their stores: an edge function keeps no files. */
export const ENTRIES = [
  { entry: "edge/main.ts", kind: "pglite" },
  { entry: "edge/main.ts", kind: "postgres" },
  { entry: "edge/deploy.ts", kind: "postgres" },
] as const satisfies readonly { entry: EdgeProcessOptions["entry"]; kind: Store["kind"] }[];

/** An empty database for an edge in its own process. */
export interface ProcessBase extends AsyncDisposable {
  /** Configuration that the edge needs for it. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Creates an empty database of one kind. For PGlite that is a prepared folder: an edge that creates one uses
 * 5 s of CPU time.
 */
export async function makeProcessBase(kind: Store["kind"]): Promise<ProcessBase> {
  if (kind === "postgres") return await startBackbone("postgres");
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-base-" });
  await fillPgliteFolder(`${folder}/db`);
  return {
    env: { DATABASE_URL: "", NATS_URL: "", DATA_DIR: folder },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
