import { ConfigError } from "./config.ts";
import type { Log } from "./log.ts";
import { StoreInUse } from "./store/open.ts";
import { StoreUnusable } from "./store/unavailable.ts";

/** Runs a process to its end: exit 0, or 1 with what kept it from running. What the operator can mend is a sentence, our own bugs come whole. */
export async function runProcess(log: Log, run: () => Promise<void>): Promise<never> {
  try {
    await run();
    log.info("stopped");
    Deno.exit(0);
  } catch (error) {
    const isMendable = error instanceof ConfigError || error instanceof StoreInUse ||
      error instanceof StoreUnusable;
    log.error("cannotStart", isMendable ? { message: error.message } : { error });
    Deno.exit(1);
  }
}
