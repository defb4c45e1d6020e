import type { AccountId } from "@tafelrunde/protocol";
import { DomainError } from "../../errors.ts";
import type { Account } from "../../store/account.ts";
import { findPasswordByEmail, replaceHash } from "../../store/password.ts";
import { useRecoveryCode } from "../../store/recovery_code.ts";
import type { IdentityContext } from "../../context.ts";
import { type SigningIn, takeSignInGuess } from "../guessing.ts";
import { isOpen } from "../ways.ts";
import { hashRecoveryCode } from "../recovery_code.ts";
import { isOutdated, NOBODYS_HASH } from "./argon2.ts";
import { HasherBusy } from "./hasher.ts";

/** When a retry makes sense while the hasher is overloaded, ms. */
const BUSY_RETRY_MS = 5_000;

/**
 * The account with this address and password. Throws 401 `signIn.wrong` after the same work, whether the
 * address, the password or the account's state is wrong, and 429 after too many attempts.
 */
export async function signInByPassword(
  context: IdentityContext,
  signingIn: SigningIn,
  password: string,
): Promise<Account> {
  const { db, hasher } = context;
  const guess = await takeSignInGuess(context, signingIn);
  const share = { kind: "signIn", who: guess.who, about: signingIn.email } as const;
  const found = await findPasswordByEmail(db, signingIn.tenantId, signingIn.email);
  const hash = found?.hash ?? NOBODYS_HASH;
  const isRight = await hasher.verify(password, hash, share).catch(async (error) => {
    await guess.giveBack();
    throw busyError(error);
  });
  if (!isRight || found === undefined || !isOpen("password", found.ways, context.now())) throw signInWrong();
  await guess.wasRight();
  if (isOutdated(hash)) {
    await replaceHash(db, found.account.id, hash, await unlessBusy(hasher.hash(password, share)));
  }
  return found.account;
}

/**
 * The account with this address and recovery code; the code is used up. Throws 401 `signIn.wrong`. A code has
 * 80 random bits, so a correct one is accepted however many wrong ones were tried.
 */
export async function signInByRecoveryCode(
  { db, now }: IdentityContext,
  { tenantId, email }: SigningIn,
  code: string,
): Promise<Account> {
  const found = await findPasswordByEmail(db, tenantId, email);
  const hash = hashRecoveryCode(code);
  const nobody = "" as AccountId;
  const isOpenWay = isOpen("recoveryCode", found?.ways, now());
  const isRight = await useRecoveryCode(db, isOpenWay && found ? found.account.id : nobody, hash, now());
  if (!isRight || found === undefined) throw signInWrong();
  return found.account;
}

/**
 * The hash of a new password. Throws 422 `password.common` if it is easy to guess; `own`: name, address and
 * the like; `who`: whose share of the work it is.
 */
export async function hashNewPassword(
  { hasher }: Pick<IdentityContext, "hasher">,
  password: string,
  own: readonly (string | null)[],
  who: string,
): Promise<string> {
  const words = own.filter((word) => word !== null);
  const share = { kind: "newPassword", who, about: "account" } as const;
  if (await unlessBusy(hasher.isCommon(password, words, share))) {
    throw new DomainError("password.common");
  }
  return await unlessBusy(hasher.hash(password, share));
}

/** The same for a wrong address, a wrong secret and a disabled account. */
export function signInWrong(): DomainError<"signIn.wrong"> {
  return new DomainError("signIn.wrong");
}

/** The result of the hasher; throws `signIn.busy` if the hasher is overloaded. */
export async function unlessBusy<Result>(result: Promise<Result>): Promise<Result> {
  return await result.catch((error) => {
    throw busyError(error);
  });
}

function busyError(error: unknown): unknown {
  if (!(error instanceof HasherBusy)) return error;
  return new DomainError("signIn.busy", { retryAfterMs: BUSY_RETRY_MS });
}
