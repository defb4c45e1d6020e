import { createSignal } from "solid-js";
import { newUuid } from "@tafelrunde/protocol";
import type { Answer, Trouble } from "../api/request.ts";

/** A request that a button starts. */
export interface Ask {
  readonly isBusy: () => boolean;
  /** Why the last request failed; undefined: it did not, or there was none. */
  readonly trouble: () => Trouble | undefined;
  /** Sends it, unless one is running; resolves to the answer on success, else undefined. */
  readonly run: <T>(
    send: () => Promise<Answer<T>>,
  ) => Promise<(Answer<T> & { readonly ok: true }) | undefined>;
  readonly forget: () => void;
}

/** The state of a button's requests. */
export function createAsk(): Ask {
  const [isBusy, setBusy] = createSignal(false);
  const [trouble, setTrouble] = createSignal<Trouble>();
  return {
    isBusy,
    trouble,
    forget: () => setTrouble(undefined),
    run: async (send) => {
      if (isBusy()) return undefined;
      setBusy(true);
      setTrouble(undefined);
      const answer = await send();
      setBusy(false);
      if (answer.ok) return answer;
      setTrouble(answer.trouble);
      return undefined;
    },
  };
}

/**
 * Idempotency keys: the same key for the same body, so that a retry after a lost answer has no second effect.
 */
export function createKeys(): (body: unknown) => string {
  let last = { text: "", key: "" };
  return (body) => {
    const text = JSON.stringify(body);
    if (text !== last.text) last = { text, key: newUuid() };
    return last.key;
  };
}
