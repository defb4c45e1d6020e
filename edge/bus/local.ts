import { type Bus, Listeners } from "./bus.ts";

/** A bus inside one process. Several edges in one process (in tests) can share it. */
export function makeLocalBus(): Bus {
  const listeners = new Listeners();
  return {
    publish: (roomId, growth) => queueMicrotask(() => listeners.notify(roomId, growth)),
    subscribe: (roomId, listener, signal) => listeners.add(roomId, listener, signal),
    publishSignOut: (accounts) => queueMicrotask(() => listeners.notifySignOut(accounts)),
    subscribeSignOuts: (listener, signal) => listeners.addToSignOuts(listener, signal),
    [Symbol.asyncDispose]() {
      listeners.clear();
      return Promise.resolve();
    },
  };
}
