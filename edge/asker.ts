import { AsyncLocalStorage } from "node:async_hooks";

const asker = new AsyncLocalStorage<string>();

/** Whose work is under way here: the key of an address; empty: the edge's own. */
export function currentAsker(): string {
  return asker.getStore() ?? "";
}

/** Does `work`, and all that it begins, for `key`. */
export function onBehalfOf<Result>(key: string, work: () => Result): Result {
  return asker.run(key, work);
}
