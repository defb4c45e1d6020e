import { createSignal } from "solid-js";
import { type Account, readAccount } from "../api/account.ts";
import { rememberName } from "../call/identity.ts";
import { setKnownName } from "./known_name.ts";

/** Whose browser this is. "unknown": the server has not said, or could not be asked. */
export type Me = "unknown" | "nobody" | Account;

const [me, setMe] = createSignal<Me>("unknown");

/** Who is signed in, as far as it is known. */
export { me };

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
  const answer = await readAccount();
  if (answer.ok) meIs(answer.value);
  else if (answer.trouble.status === 401) meIs("nobody");
  return me();
}

/** What is known without asking. */
export function meIs(now: Account | "nobody"): void {
  asking = Promise.resolve(now);
  setMe(now);
  setKnownName(now === "nobody" ? "" : now.name);
}

/** After a sign-in on this page: the name is the one that this browser joins with from now on. */
export async function signedIn(): Promise<Me> {
  asking = undefined;
  const now = await findMe();
  if (typeof now !== "string") rememberName(now.name);
  return now;
}

/** After signing out: the browser forgets the name, which the next person should not join with. */
export function signedOut(): void {
  rememberName("");
  meIs("nobody");
}
