import { createSignal } from "solid-js";
import { newUuid } from "@tafelrunde/protocol";
import type { Answer, RequestError } from "../api/request.ts";

/** A request that a button starts. */
export interface Submission {
  readonly isBusy: () => boolean;
  /** Why the last request failed; undefined: it did not, or there was none. */
  readonly error: () => RequestError | undefined;
  /** Sends it, unless one is running; resolves to the answer on success, else undefined. */
  readonly run: <T>(
    send: () => Promise<Answer<T>>,
  ) => Promise<(Answer<T> & { readonly ok: true }) | undefined>;
  readonly forget: () => void;
}

/** The state of a button's requests. */
export function createSubmission(): Submission {
  const [isBusy, setBusy] = createSignal(false);
  const [error, setError] = createSignal<RequestError>();
  return {
    isBusy,
    error,
    forget: () => setError(undefined),
    run: async (send) => {
      if (isBusy()) return undefined;
      setBusy(true);
      setError(undefined);
      const answer = await send();
      setBusy(false);
      if (answer.ok) return answer;
      setError(answer.error);
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
