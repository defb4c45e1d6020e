import { type Bus, Listeners } from "./bus.ts";

/** The bus inside one process. Several edges in one process (tests) may share one. */
export function makeLocalBus(): Bus {
  const listeners = new Listeners();
  return {
    publish: (roomId, growth) => queueMicrotask(() => listeners.tell(roomId, growth)),
    subscribe: (roomId, listener, signal) => listeners.add(roomId, listener, signal),
    publishSignOut: (accounts) => queueMicrotask(() => listeners.tellSignOut(accounts)),
    subscribeSignOuts: (listener, signal) => listeners.addToSignOuts(listener, signal),
    [Symbol.asyncDispose]() {
      listeners.clear();
      return Promise.resolve();
    },
  };
}
