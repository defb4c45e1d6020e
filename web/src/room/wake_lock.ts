import { onCleanup } from "solid-js";

/** Keeps the screen on as long as the owner lives and the page is visible, if the browser can. */
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
      // A low battery, or a page that was hidden in the meantime.
      console.info("the screen may go off", cause);
    } finally {
      isAsking = false;
    }
  };
  // The browser releases it whenever the page is hidden.
  document.addEventListener("visibilitychange", () => void hold(), life);
  onCleanup(() => {
    life.abort();
    lock?.release().catch((cause) => console.info("wake lock", cause));
  });
  void hold();
}
