import { ConfigError } from "./config.ts";
import { StoreInUse } from "./store/open.ts";

/** What to log of an error that kept an edge from starting: what the operator can mend as a sentence, our own bugs whole. */
export function startFailure(error: unknown): Record<string, unknown> {
  return error instanceof ConfigError || error instanceof StoreInUse ? { message: error.message } : { error };
}
