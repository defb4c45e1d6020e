import type { Config } from "../config.ts";
import type { KeyedHash } from "../keyed_hash.ts";
import type { Limits } from "../limits.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { Sealer } from "../seal.ts";
import type { Db } from "../store/schema.ts";
import type { SignOuts } from "./sign_outs.ts";
import type { Providers } from "./oidc/providers.ts";
import type { PasswordHasher } from "./password/hasher.ts";

/** What signing in and managing accounts need of the edge. */
export interface IdentityContext {
  readonly db: Db;
  readonly config: Config;
  readonly log: Log;
  readonly limits: Limits;
  readonly keyedHash: KeyedHash;
  readonly hasher: PasswordHasher;
  readonly sealer: Sealer;
  readonly providers: Providers;
  readonly signOuts: Pick<SignOuts, "announce">;
  readonly now: () => number;
}
