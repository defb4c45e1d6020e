import type { AccountId, TenantId } from "@tafelrunde/protocol";
import { ProblemError } from "../../http/problem.ts";
import type { Account } from "../../store/account.ts";
import type { AddressKey } from "../../network_address.ts";
import { findPasswordByEmail, replaceHash } from "../../store/password.ts";
import { useRecoveryCode } from "../../store/recovery_code.ts";
import type { Desk } from "../desk.ts";
import { countGuess } from "../guessing.ts";
import { hashRecoveryCode } from "../recovery_code.ts";
import { isOutdated, NOBODYS_HASH } from "./argon2.ts";
import { HasherBusy } from "./hasher.ts";

/** What somebody types to sign in, and the network address that it comes from. */
export interface Guess {
  readonly tenantId: TenantId;
  readonly email: string;
  readonly address: AddressKey;
}

/**
 * The account of this address and password. Throws 401 `signIn.wrong` after the same work, whether the address, the password or the account's
 * state is what is wrong, and 429 for who has tried too often.
 */
export async function signInByPassword(desk: Desk, guess: Guess, password: string): Promise<Account> {
  const { db, hasher } = desk;
  const wasRight = await countGuess(desk, guess.email, guess.address);
  const found = await findPasswordByEmail(db, guess.tenantId, guess.email);
  const hash = found?.hash ?? NOBODYS_HASH;
  const isRight = await unlessBusy(hasher.verify(password, hash));
  if (!isRight || found === undefined || found.account.isDisabled) throw signInWrong();
  await wasRight();
  if (isOutdated(hash)) {
    await replaceHash(db, found.account.id, hash, await unlessBusy(hasher.hash(password)));
  }
  return found.account;
}

/** The account of this address and recovery code, which is used up. Throws as `signInByPassword` does. */
export async function signInByRecoveryCode(desk: Desk, guess: Guess, code: string): Promise<Account> {
  const { db, now } = desk;
  const wasRight = await countGuess(desk, guess.email, guess.address);
  const [found, hash] = await Promise.all([
    findPasswordByEmail(db, guess.tenantId, guess.email),
    hashRecoveryCode(code),
  ]);
  const nobody = "" as AccountId;
  const isRight = await useRecoveryCode(db, found?.account.id ?? nobody, hash, now());
  if (!isRight || found === undefined || found.account.isDisabled) throw signInWrong();
  await wasRight();
  return found.account;
}

/** The hash of a new password. Throws 422 `password.common` for one that a guesser tries early; `own`: name, address and the like. */
export async function hashNewPassword(
  { hasher }: Pick<Desk, "hasher">,
  password: string,
  own: readonly (string | null)[],
): Promise<string> {
  const words = own.filter((word) => word !== null);
  if (await unlessBusy(hasher.isCommon(password, words))) {
    throw new ProblemError(422, "password.common", "Others would guess this password soon.", {
      fields: [{ in: "body", name: "password", reason: "common" }],
    });
  }
  return await unlessBusy(hasher.hash(password));
}

/** 401: the same for a wrong address, a wrong secret and a disabled account. */
export function signInWrong(): ProblemError {
  return new ProblemError(401, "signIn.wrong", "The address or what goes with it is wrong.");
}

async function unlessBusy<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof HasherBusy)) throw error;
    throw new ProblemError(503, "signIn.busy", "Too many people are signing in right now.", {
      headers: { "retry-after": "5" },
    });
  }
}
