import { makeTestKey } from "../../edge/store/api_key_for_tests.ts";
import { openEmptyPglite } from "../../edge/store/template_for_tests.ts";
import { DEFAULT_TENANT } from "../../edge/store/tenant.ts";
import { startTestEdge } from "../../tests/edge_rig.ts";
import { signIn } from "../../tests/rest_client.ts";
import { SCOPES } from "@tafelrunde/protocol/http";

/** An edge with an empty database, and who asks it. */
export interface ApiEdge extends AsyncDisposable {
  readonly origin: string;
  /** API keys that may everything that keys may: as many as ask at once without coming to their limits. */
  readonly keys: readonly string[];
  /** The secrets of the sessions of as many admins who run the installation too. */
  readonly sessions: readonly string[];
  /** A member of its tenant. */
  readonly owner: string;
  /** A folder for what is generated; it has the description, openapi.json. */
  readonly folder: string;
  /** Lines that should not have been logged. */
  readonly complaints: readonly string[];
}

/** Callers of each kind. */
const CALLERS = 20;

/** Starts one on 127.0.0.1. */
export async function startApiEdge(): Promise<ApiEdge> {
  const stack = new AsyncDisposableStack();
  const store = stack.use(await openEmptyPglite());
  const edge = stack.use(await startTestEdge({ store, env: { TRUSTED_PROXIES: "1" } }));
  const owner = await signIn(store.db, edge.origin, DEFAULT_TENANT);
  const keys: string[] = [];
  const sessions: string[] = [];
  for (let caller = 0; caller < CALLERS; caller++) {
    keys.push((await makeTestKey(store.db, DEFAULT_TENANT, SCOPES, Date.now())).key);
    const admin = { role: "admin", isOperator: true } as const;
    sessions.push((await signIn(store.db, edge.origin, DEFAULT_TENANT, admin)).session!);
  }
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-interop-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const description = await fetch(`${edge.origin}/v1/openapi.json`);
  await Deno.writeTextFile(`${folder}/openapi.json`, await description.text());
  return {
    origin: edge.origin,
    keys,
    sessions,
    owner: owner.account,
    folder,
    complaints: edge.complaints,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
