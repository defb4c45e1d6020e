import type { AccountInfo, AccountMethods, AccountSessions } from "@tafelrunde/protocol/http";
import type {
  PublicKeyCredentialCreationOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/browser";
import { type Answer, get, patch, post, put, remove } from "./request.ts";

export type { AccountMethods };
export type Account = AccountInfo;
export type Session = AccountSessions["items"][number];

/** The signed-in account; 401 without one. */
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

/** Requests another address: a confirmation link is mailed to it. */
export function setEmail(email: string): Promise<Answer<void>> {
  return put("/v1/account/email", { email });
}

/** Deletes the account and all that belongs to it. */
export function deleteAccount(version: number): Promise<Answer<void>> {
  return remove("/v1/account", `"${version}"`);
}

/** A file with everything stored about the person, saved by the browser. */
export const EXPORT_PATH = "/v1/account/export";

export function readAccountMethods(): Promise<Answer<AccountMethods>> {
  return get("/v1/account/methods");
}

export function setPassword(password: string): Promise<Answer<void>> {
  return put("/v1/account/password", { password });
}

/** Options for the browser to create a passkey. */
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

/** Creates ten new codes; earlier ones become invalid. */
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

/** Signs out everywhere, including here. */
export function endAllSessions(): Promise<Answer<void>> {
  return remove("/v1/account/sessions");
}
