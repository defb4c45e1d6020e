import type { RoomId } from "@tafelrunde/protocol";
import type { Bus } from "./bus.ts";

/** The bus inside one process. Several edges in one process (tests) may share one. */
export function makeLocalBus(): Bus {
  const listeners = new Set<(roomId: RoomId, seq: number) => void>();
  return {
    publish(roomId, seq) {
      for (const listener of listeners) queueMicrotask(() => listener(roomId, seq));
    },
    subscribe(listener, signal) {
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
    },
    [Symbol.asyncDispose]() {
      listeners.clear();
      return Promise.resolve();
    },
  };
}
