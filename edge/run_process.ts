import { causeOf } from "./cause.ts";
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
    const message = isMendable ? error.message : listenTrouble(error);
    log.error("cannotStart", message === undefined ? { error } : { message });
    Deno.exit(1);
  }
}

/** Why the process cannot listen where HOST and PORT say; undefined: that is not what happened. */
function listenTrouble(error: unknown): string | undefined {
  const { code } = error instanceof Error ? error as Error & { readonly code?: unknown } : {};
  const isThat = code === "EADDRINUSE" || code === "EADDRNOTAVAIL" || code === "EACCES" ||
    error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.AddrNotAvailable;
  return isThat ? `HOST and PORT: ${causeOf(error)}` : undefined;
}
