import { causeOf } from "@tafelrunde/protocol/process/cause";
import { ConfigError } from "@tafelrunde/protocol/process/config";
import type { Log } from "@tafelrunde/protocol/process/log";
import { StoreInUse } from "./store/open.ts";
import { StoreUnusable } from "./store/unavailable.ts";

/**
 * Runs a process to its end: exits with 0, or with 1 and the reason. Errors that the operator can fix are
 * logged as a sentence, our own bugs completely.
 */
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

/** Why the process cannot listen at HOST and PORT; undefined: another error. */
function listenTrouble(error: unknown): string | undefined {
  const { code } = error instanceof Error ? error as Error & { readonly code?: unknown } : {};
  const isThat = code === "EADDRINUSE" || code === "EADDRNOTAVAIL" || code === "EACCES" ||
    error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.AddrNotAvailable;
  return isThat ? `HOST and PORT: ${causeOf(error)}` : undefined;
}
