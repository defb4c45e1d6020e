import { makeTestKey } from "../../edge/store/api_key_for_tests.ts";
import type { Db } from "../../edge/store/schema.ts";
import { openEmptyPglite } from "../../edge/store/template_for_tests.ts";
import { DEFAULT_TENANT } from "../../edge/store/tenant.ts";
import { type Serving, startTestEdge } from "../../tests/edge_rig.ts";
import { signIn } from "../../tests/rest_client.ts";
import { SCOPES } from "@tafelrunde/protocol/http";

/**
 * An edge with an empty database, and credentials for it. Disposing of it throws if it sent a response that
 * its description does not document.
 */
export interface ApiEdge extends AsyncDisposable {
  readonly origin: string;
  readonly db: Db;
  /** An API key with all scopes. */
  readonly key: string;
  /** A member of its tenant. */
  readonly owner: string;
  /** A folder for generated files; it contains the description, openapi.json. */
  readonly folder: string;
  /** Log lines that should not have occurred. */
  readonly complaints: readonly string[];
}

/** Starts one on 127.0.0.1, served as main.ts does or as edge functions are. */
export async function startApiEdge(serving: Serving = "server"): Promise<ApiEdge> {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openEmptyPglite());
  const env = { TRUSTED_PROXIES: "1" };
  const { origin, complaints } = stack.use(await startTestEdge({ store, serving, env }));
  const owner = await signIn(store.db, origin, DEFAULT_TENANT);
  const { key } = await makeTestKey(store.db, DEFAULT_TENANT, SCOPES, Date.now());
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-interop-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const description = await fetch(`${origin}/v1/openapi.json`);
  await Deno.writeTextFile(`${folder}/openapi.json`, await description.text());
  const running = stack.move();
  return {
    origin,
    db: store.db,
    key,
    owner: owner.account,
    folder,
    complaints,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
