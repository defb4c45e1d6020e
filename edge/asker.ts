import { AsyncLocalStorage } from "node:async_hooks";

const asker = new AsyncLocalStorage<string>();

/** The address key for which the current work is done; empty: the edge itself. */
export function currentAsker(): string {
  return asker.getStore() ?? "";
}

/** Runs `work`, and everything it starts, on behalf of `key`. */
export function onBehalfOf<Result>(key: string, work: () => Result): Result {
  return asker.run(key, work);
}
