import type { Config } from "../config.ts";

/**
 * Resolves when this process is asked to end: by SIGINT, SIGTERM, or, with
 * TAFELRUNDE_STOP_WITH=stdin, when standard input closes, which happens even if the parent was killed.
 */
export function askedToEnd({ TAFELRUNDE_STOP_WITH: stopWith }: Config): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => resolve(signal));
    }
    if (stopWith === "stdin") {
      void drainStdin().then(() => resolve("stdin"), () => resolve("stdin"));
    }
  });
}

async function drainStdin(): Promise<void> {
  for await (const _ of Deno.stdin.readable);
}
