import { createSignal } from "solid-js";
import type { Answer } from "../api/request.ts";

/** A pending request to sign in again; true when the person has. */
interface Asking {
  readonly done: (isProved: boolean) => void;
}

const [asking, setAsking] = createSignal<Asking>();

/** Whether the person must sign in again, for ProofDialog. */
export { asking };

/**
 * Sends a change of the sign-in methods. The server accepts it only soon after a sign-in
 * (`account.proofNeeded`): otherwise the person signs in again, and it is sent again.
 */
export async function withProof<T>(send: () => Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await send();
  if (answer.ok || answer.error.code !== "account.proofNeeded") return answer;
  const isProved = await new Promise<boolean>((resolve) => setAsking({ done: resolve }));
  setAsking(undefined);
  return isProved ? await send() : answer;
}
