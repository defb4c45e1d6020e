import { createSignal } from "solid-js";
import { type Account, readAccount } from "../api/account.ts";
import type { RequestError } from "../api/request.ts";
import { rememberName } from "../call/identity.ts";

/** Who uses this browser. "unknown": the server has not answered, or could not be reached. */
export type Me = "unknown" | "nobody" | Account;

const [me, setMe] = createSignal<Me>("unknown");

const [error, setError] = createSignal<RequestError>();

/** Who is signed in, if known, and the error if the server could not be asked. */
export { error, me };

/** The signed-in account; undefined: none, or not known yet. */
export function account(): Account | undefined {
  const now = me();
  return typeof now === "string" ? undefined : now;
}

let asking: Promise<Me> | undefined;

/** Asks the server once for all callers. */
export function findMe(): Promise<Me> {
  return asking ??= askAgain();
}

/** Asks the server again: after signing in or out, or a change of the account. */
export async function askAgain(): Promise<Me> {
  setError(undefined);
  const answer = await readAccount();
  if (answer.ok) meIs(answer.value);
  else if (answer.error.status === 401) meIs("nobody");
  else {
    asking = undefined;
    setError(answer.error);
  }
  return me();
}

/** Sets the account without asking the server. */
export function meIs(now: Account | "nobody"): void {
  asking = Promise.resolve(now);
  setMe(now);
}

/** After a sign-in on this page: the account's name becomes the name that this browser joins with. */
export async function signedIn(): Promise<Me> {
  asking = undefined;
  const now = await findMe();
  if (typeof now !== "string") rememberName(now.name, now.name);
  return now;
}

/** After signing out: the browser forgets the name, so that the next person does not join with it. */
export function signedOut(): void {
  rememberName("", null);
  meIs("nobody");
}
