import { createSignal } from "solid-js";
import { type Account, readAccount } from "../api/account.ts";
import type { Trouble } from "../api/request.ts";
import { rememberName } from "../call/identity.ts";

/** Whose browser this is. "unknown": the server has not said, or could not be asked. */
export type Me = "unknown" | "nobody" | Account;

const [me, setMe] = createSignal<Me>("unknown");

const [trouble, setTrouble] = createSignal<Trouble>();

/** Who is signed in, as far as it is known; and why it is not, when it could not be asked. */
export { me, trouble };

/** The account that is signed in; undefined: nobody's, or not known yet. */
export function account(): Account | undefined {
  const now = me();
  return typeof now === "string" ? undefined : now;
}

let asking: Promise<Me> | undefined;

/** Asks the server once for all who want to know. */
export function findMe(): Promise<Me> {
  return asking ??= askAgain();
}

/** Asks the server now: after signing in or out, or a change of the account. */
export async function askAgain(): Promise<Me> {
  setTrouble(undefined);
  const answer = await readAccount();
  if (answer.ok) meIs(answer.value);
  else if (answer.trouble.status === 401) meIs("nobody");
  else {
    asking = undefined;
    setTrouble(answer.trouble);
  }
  return me();
}

/** What is known without asking. */
export function meIs(now: Account | "nobody"): void {
  asking = Promise.resolve(now);
  setMe(now);
}

/** After a sign-in on this page: the name is the one that this browser joins with from now on. */
export async function signedIn(): Promise<Me> {
  asking = undefined;
  const now = await findMe();
  if (typeof now !== "string") rememberName(now.name, now.name);
  return now;
}

/** After signing out: the browser forgets the name, which the next person should not join with. */
export function signedOut(): void {
  rememberName("", null);
  meIs("nobody");
}
