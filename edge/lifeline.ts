import type { Config } from "./config.ts";

/**
 * Resolves when this process is asked to end: by SIGINT, SIGTERM, or, if its parent holds a lifeline
 * (TAFELRUNDE_LIFELINE=stdin), when standard input closes, which happens even if the parent was killed.
 */
export function askedToEnd({ TAFELRUNDE_LIFELINE: lifeline }: Config): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => resolve(signal));
    }
    if (lifeline === "stdin") {
      void drainStdin().then(() => resolve("lifeline"), () => resolve("lifeline"));
    }
  });
}

async function drainStdin(): Promise<void> {
  for await (const _ of Deno.stdin.readable);
}
