import type { AccountInfo, AccountMethods, AccountSessions } from "@tafelrunde/protocol/http";
import type {
  PublicKeyCredentialCreationOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/browser";
import { type Answer, get, patch, post, put, remove } from "./request.ts";

export type { AccountMethods };
export type Account = AccountInfo;
export type Session = AccountSessions["items"][number];

/** Who is signed in; 401 when nobody is. */
export function readAccount(): Promise<Answer<Account>> {
  return get("/v1/account");
}

export function changeAccount(
  change: {
    name?: string;
    language?: Account["language"];
    timeZone?: string | null;
    mailsAnswers?: boolean;
  },
  version: number,
): Promise<Answer<Account>> {
  return patch("/v1/account", change, `"${version}"`);
}

/** Asks for another address: a mail goes there, with a link to confirm it. */
export function setEmail(email: string): Promise<Answer<void>> {
  return put("/v1/account/email", { email });
}

/** Erases the account and all that belongs to it. */
export function deleteAccount(version: number): Promise<Answer<void>> {
  return remove("/v1/account", `"${version}"`);
}

/** A file with all that is stored on the person: the browser saves what is there. */
export const EXPORT_PATH = "/v1/account/export";

export function readAccountMethods(): Promise<Answer<AccountMethods>> {
  return get("/v1/account/methods");
}

export function setPassword(password: string): Promise<Answer<void>> {
  return put("/v1/account/password", { password });
}

/** What the browser needs to make a passkey. */
export function newPasskeyOptions(): Promise<Answer<PublicKeyCredentialCreationOptionsJSON>> {
  return post("/v1/account/passkeys/options");
}

export function addPasskey(
  body: { name: string; credential: RegistrationResponseJSON },
): Promise<Answer<void>> {
  return post("/v1/account/passkeys", body);
}

export function removePasskey(passkeyId: string): Promise<Answer<void>> {
  return remove(`/v1/account/passkeys/${passkeyId}`);
}

/** Ten new codes; those from before are good no more. */
export function makeRecoveryCodes(): Promise<Answer<{ readonly codes: readonly string[] }>> {
  return post("/v1/account/recovery-codes");
}

export async function listSessions(): Promise<
  Answer<{ readonly items: readonly Session[]; readonly next: null }>
> {
  const answer = await get<{ readonly items: readonly Session[] }>("/v1/account/sessions");
  return answer.ok ? { ...answer, value: { ...answer.value, next: null } } : answer;
}

export function endSession(sessionId: string): Promise<Answer<void>> {
  return remove(`/v1/account/sessions/${sessionId}`);
}

/** Signs out everywhere, here too. */
export function endAllSessions(): Promise<Answer<void>> {
  return remove("/v1/account/sessions");
}
