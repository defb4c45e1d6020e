import type { Store } from "../edge/store/open.ts";
import { fillPgliteFolder } from "../edge/store/template_for_tests.ts";
import { startBackbone } from "./cluster_rig.ts";
import type { EdgeProcessOptions } from "./edge_process.ts";

/** Entries with the stores that they have: an edge function keeps no files. */
export const ENTRIES = [
  { entry: "edge/main.ts", kind: "pglite" },
  { entry: "edge/main.ts", kind: "postgres" },
  { entry: "edge/deploy.ts", kind: "postgres" },
] as const satisfies readonly { entry: EdgeProcessOptions["entry"]; kind: Store["kind"] }[];

/** An empty database for an edge in a process of its own. */
export interface ProcessBase extends AsyncDisposable {
  /** What the edge has to be configured with. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes an empty database of one kind. PGlite's is a folder that is there already: an edge that makes one uses 5 s of a processor. */
export async function makeProcessBase(kind: Store["kind"]): Promise<ProcessBase> {
  if (kind === "postgres") return await startBackbone("postgres");
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-base-" });
  await fillPgliteFolder(`${folder}/db`);
  return {
    env: { DATABASE_URL: "", NATS_URL: "", DATA_DIR: folder },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
