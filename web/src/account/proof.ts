import { createSignal } from "solid-js";
import type { Answer } from "../api/request.ts";

/** Waits for the person to sign in again; true when they have. */
interface Asking {
  readonly done: (isProved: boolean) => void;
}

const [asking, setAsking] = createSignal<Asking>();

/** Whether somebody is to prove who they are, for ProofDialog. */
export { asking };

/**
 * Sends what changes the ways to sign in. The server takes that only soon after a sign-in (`account.proofNeeded`): then the person is asked
 * to sign in once more, and it is sent again.
 */
export async function withProof<T>(send: () => Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await send();
  if (answer.ok || answer.trouble.code !== "account.proofNeeded") return answer;
  const isProved = await new Promise<boolean>((resolve) => setAsking({ done: resolve }));
  setAsking(undefined);
  return isProved ? await send() : answer;
}
