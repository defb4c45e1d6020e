import { readConfig } from "./config.ts";
import { makeKeyedHash } from "./keyed_hash.ts";
import { Limits } from "./limits.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "./metrics.ts";
import { makeSealer } from "./seal.ts";
import type { Db } from "./store/schema.ts";
import type { IdentityContext } from "./context.ts";
import { Providers } from "./identity/oidc/providers.ts";
import { PasswordHasher } from "./identity/password/hasher.ts";
import { startQuickThread } from "./identity/password/quick_thread_for_tests.ts";

/** A key for tests only. */
const CLUSTER_KEY = "a cluster key for tests of accounts and sessions";

/**
 * Everything that signing in needs, on `db`, with cheap hashes; tests that use passwords dispose of the
 * hasher.
 */
export async function makeTestIdentityContext(
  db: Db,
  given: Partial<IdentityContext> = {},
): Promise<IdentityContext> {
  const config = given.config ??
    readConfig((name) => name === "CLUSTER_KEY" ? CLUSTER_KEY : undefined);
  const now = given.now ?? Date.now;
  const keyedHash = makeKeyedHash(CLUSTER_KEY);
  return {
    db,
    config,
    log: makeLog(() => {}),
    limits: new Limits({ metrics: makeMetrics(), db, keyedHash, now }),
    keyedHash,
    hasher: new PasswordHasher(startQuickThread),
    sealer: await makeSealer([CLUSTER_KEY]),
    providers: new Providers(config.providers, now),
    signOuts: { announce() {} },
    now,
    ...given,
  };
}
