import type { EdgeContext } from "./context.ts";
import type { Refusal } from "@tafelrunde/protocol";
import type { LimitName } from "./limit_table.ts";
import type { Limits } from "./limits.ts";
import { type AddressKey, networksOf } from "./network_address.ts";
import { isKnownDevice, keepKnownDevice, type KnownDevice } from "./store/known_device.ts";

/** The limits on one kind of password guesses. */
interface GuessKind {
  /** Tries of a browser that gave a correct password before. */
  readonly device: LimitName;
  /** Tries of one address at one subject, in a short time and in a day. */
  readonly address: LimitName;
  readonly addressDay: LimitName;
  /** Tries of one address at any subject; undefined: no such limit. */
  readonly anySubject?: LimitName;
  /** Tries at one subject from all unknown browsers. */
  readonly subject: LimitName;
  /** When those, or a wider network's, are used up: tries that are still checked, one after another. */
  readonly slow: LimitName;
  /** How long a browser is known after a correct password, ms. */
  readonly knownMs: number;
}

const KINDS = {
  /** The password of an account. */
  signIn: {
    device: "signIn.device",
    address: "signIn.guess",
    addressDay: "signIn.guessDay",
    anySubject: "signIn.address",
    subject: "signIn.account",
    slow: "signIn.slow",
    knownMs: 90 * 86_400_000,
  },
  /** The password of a room. */
  room: {
    device: "password.device",
    address: "password.wrong",
    addressDay: "password.wrongDay",
    subject: "password.ofRoom",
    slow: "password.slow",
    knownMs: 30 * 86_400_000,
  },
} as const satisfies Record<string, GuessKind>;

/** Retry time for a client that waited in vain for its turn, ms; clients retry by themselves. */
const COME_AGAIN_MS = 5_000;

/** What counting tries needs. */
export type GuessContext = Pick<EdgeContext, "db" | "limits" | "keyedHash" | "now">;

/** The client that tries a password. `device`: the secret of the browser's cookie; undefined: no cookie. */
export interface Guesser {
  readonly kind: keyof typeof KINDS;
  /** The subject of the guess, as a unique text. */
  readonly subject: readonly string[];
  readonly device: string | undefined;
  readonly address: AddressKey;
}

/** A try that may be checked. */
export interface Guess {
  /** Whose share of the hashing work it counts against: the known browser, or the address. */
  readonly who: string;
  /** The password was correct: the try is not counted, and the browser is known from now on. */
  wasRight(): Promise<void>;
  /** The password was not checked, so the try is not counted. */
  giveBack(): Promise<void>;
}

/**
 * Takes the points of a try before it is checked, so many tries at once get no further than one after
 * another; returns the refusal if no points are left. A browser that gave a correct password before has its
 * own points, which nobody else can use up. When the points of all others are used up, or those of the
 * networks around an address, a try waits for its turn: an attacker cannot lock out people elsewhere.
 */
export async function takeGuess(context: GuessContext, guesser: Guesser): Promise<Guess | Refusal> {
  const { limits } = context;
  const kind: GuessKind = KINDS[guesser.kind];
  const known = await knownDeviceOf(context, guesser);
  const subject = known.subjectHash;
  const taken: (() => Promise<void>)[] = [];
  const giveBack = async () => {
    for (const giveOneBack of taken.splice(0)) await giveOneBack();
  };
  const take = async (name: LimitName, key: string) => {
    taken.push(() => limits.giveBack(name, key));
    return (await limits.draw(name, key)).refusal;
  };
  const isKnown = guesser.device !== undefined && await isKnownDevice(context.db, known, context.now());
  const refusal = isKnown
    ? await take(kind.device, `${subject} ${known.deviceHash}`)
    : await takeOfStranger(context.limits, kind, subject, guesser.address, taken, take);
  if (refusal !== undefined) {
    await giveBack();
    return refusal;
  }
  return {
    who: isKnown ? known.deviceHash : guesser.address,
    giveBack,
    async wasRight() {
      await giveBack();
      if (!isKnown) await keepDevice(context, guesser, known);
    },
  };
}

/** Remembers a browser that proved itself by other means. */
export async function rememberDevice(
  context: Omit<GuessContext, "limits">,
  guesser: Pick<Guesser, "kind" | "subject" | "device">,
): Promise<void> {
  await keepDevice(context, guesser, await knownDeviceOf(context, guesser));
}

async function takeOfStranger(
  limits: Limits,
  kind: GuessKind,
  subject: string,
  address: AddressKey,
  taken: (() => Promise<void>)[],
  take: (name: LimitName, key: string) => Promise<Refusal | undefined>,
): Promise<Refusal | undefined> {
  const ofAddress = [
    [kind.addressDay, subject],
    [kind.address, subject],
    ...kind.anySubject === undefined ? [] : [[kind.anySubject, ""] as const],
  ] as const;
  let spent: Refusal | undefined;
  for (const [name, at] of ofAddress) {
    const { refusal, isNetworkSpent, giveBack } = await limits.drawOf(name, address, { subject: at });
    taken.push(giveBack);
    if (refusal !== undefined && !isNetworkSpent) return refusal;
    spent ??= refusal;
  }
  spent ??= await take(kind.subject, subject);
  if (spent === undefined) return undefined;
  const path = [networksOf(address).at(-1)!.key, address];
  const comeAgain = { ...spent, retryAfterMs: COME_AGAIN_MS };
  return await limits.slowTurns.wait(`${kind.slow} ${subject}`, path, async () => {
    const refusal = (await limits.draw(kind.slow, subject)).refusal;
    if (refusal === undefined) taken.push(() => limits.giveBack(kind.slow, subject));
    else await limits.giveBack(kind.slow, subject);
    return refusal;
  }, comeAgain);
}

/** Remembers the browser for `knownMs` of its kind, from now on. */
async function keepDevice(
  { db, now }: Pick<GuessContext, "db" | "now">,
  { kind, device }: Pick<Guesser, "kind" | "device">,
  known: KnownDevice,
): Promise<void> {
  if (device !== undefined) await keepKnownDevice(db, known, now() + KINDS[kind].knownMs);
}

async function knownDeviceOf(
  { keyedHash }: Pick<GuessContext, "keyedHash">,
  { kind, subject, device = "" }: Pick<Guesser, "kind" | "subject" | "device">,
): Promise<KnownDevice> {
  const [subjectHash, deviceHash] = await Promise.all([
    keyedHash("known device's subject", kind, ...subject),
    keyedHash("known device", device),
  ]);
  return { subjectHash, deviceHash };
}
