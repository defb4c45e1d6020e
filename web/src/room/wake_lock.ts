import { onCleanup } from "solid-js";

/** Keeps the screen on as long as the owner lives and the page is seen, where the browser can. */
export function createWakeLock(): void {
  const life = new AbortController();
  let lock: WakeLockSentinel | undefined;
  let isAsking = false;
  const hold = async () => {
    if (document.hidden || life.signal.aborted || isAsking || (lock !== undefined && !lock.released)) return;
    isAsking = true;
    try {
      const taken = await navigator.wakeLock?.request("screen");
      if (life.signal.aborted) return void await taken?.release();
      lock = taken;
    } catch (cause) {
      // A battery that is low, a page that was hidden meanwhile.
      console.info("the screen may go off", cause);
    } finally {
      isAsking = false;
    }
  };
  // The browser lets go of it whenever the page is hidden.
  document.addEventListener("visibilitychange", () => void hold(), life);
  onCleanup(() => {
    life.abort();
    lock?.release().catch((cause) => console.info("wake lock", cause));
  });
  void hold();
}
