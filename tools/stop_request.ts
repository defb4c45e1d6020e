/** Signals that ask a program to stop: a closed terminal, Ctrl-C, an operator or service manager. */
const SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/**
 * A second request within this time is an echo of the first, ms: the terminal and each launcher send their
 * own.
 */
const ECHO_MS = 1_500;

/** When this process should stop. */
export interface StopRequest {
  /**
   * Aborts on the first signal, on the loss of the launcher (see `tools/npm.mjs`), and on the loss of `deno
   * task`.
   */
  readonly signal: AbortSignal;
  /** Aborts on a later signal: the user does not want to wait. */
  readonly impatient: AbortSignal;
}

/** Listens for stop requests; call it once per process. */
export function listenForStop(): StopRequest {
  const stop = new AbortController();
  const impatient = new AbortController();
  let askedAt = 0;
  const ask = (reason: string) => {
    const now = Date.now();
    if (!askedAt) askedAt = now;
    if (!stop.signal.aborted) stop.abort(new StopRequested(reason));
    else if (now - askedAt > ECHO_MS) impatient.abort();
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, () => ask(signal));
  if (Deno.env.get("TAFELRUNDE_STOP_WITH") === "stdin") {
    // Meant for this process only: its child processes have another standard input.
    Deno.env.delete("TAFELRUNDE_STOP_WITH");
    void untilEnd(Deno.stdin.readable).then(() => ask("stdin"));
  }
  watchTask(() => ask("stdin"));
  return { signal: stop.signal, impatient: impatient.signal };
}

/** Why `StopRequest.signal` aborted. */
export class StopRequested extends Error {
  override name = "StopRequested";
}

async function untilEnd(stream: ReadableStream<Uint8Array>): Promise<void> {
  try {
    for await (const _ of stream);
  } catch {
    // A broken pipe counts as an end, too.
  }
}

/** Calls `lost` when the `deno task` that runs this process is gone; it could not forward a kill -9. */
function watchTask(lost: () => void): void {
  const parent = Deno.ppid;
  const words = commandOf(parent);
  if (!words.includes("task")) return;
  const timer = setInterval(() => {
    if (Deno.ppid === parent) return;
    clearInterval(timer);
    lost();
  }, 500);
  Deno.unrefTimer(timer);
}

function commandOf(pid: number): string[] {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
  } catch {
    return [];
  }
}
