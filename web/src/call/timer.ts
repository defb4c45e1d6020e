/** Calls `run` once after `delayMs`, unless `signal` aborts before. */
export function after(delayMs: number, run: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  const stop = () => clearTimeout(timer);
  const timer = setTimeout(() => {
    signal.removeEventListener("abort", stop);
    run();
  }, delayMs);
  signal.addEventListener("abort", stop, { once: true });
}

/** Calls `run` every `intervalMs` until `signal` aborts. */
export function every(intervalMs: number, run: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  const timer = setInterval(run, intervalMs);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
