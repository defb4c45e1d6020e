import type { Refusal } from "@tafelrunde/protocol";
import type { KeyedHash } from "./keyed_hash.ts";
import type { LimitName } from "./limit_table.ts";
import type { Limits } from "./limits.ts";
import type { AddressKey } from "./network_address.ts";
import { isKnownDevice, keepKnownDevice, type KnownDevice } from "./store/known_device.ts";
import type { Db } from "./store/schema.ts";

/** What is guessed, and how many tries there are. */
interface GuessKind {
  /** Tries of a browser that has been right before. */
  readonly device: LimitName;
  /** Tries of one address at one subject, within a short time and within a day. */
  readonly address: LimitName;
  readonly addressDay: LimitName;
  /** Tries of one address at whatever; none: what it tries elsewhere does not count. */
  readonly anySubject?: LimitName;
  /** Tries at one subject from all addresses that are not known. */
  readonly subject: LimitName;
  /** When those are spent: the first try that an address makes in a day. */
  readonly first: LimitName;
  /** How long a browser is known once it was right, ms. */
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
    first: "signIn.first",
    knownMs: 90 * 86_400_000,
  },
  /** The password of a room. */
  room: {
    device: "password.device",
    address: "password.wrong",
    addressDay: "password.wrongDay",
    subject: "password.ofRoom",
    first: "password.first",
    knownMs: 30 * 86_400_000,
  },
} as const satisfies Record<string, GuessKind>;

/** What counting tries needs of the edge. */
export interface GuessContext {
  readonly db: Db;
  readonly limits: Limits;
  readonly keyedHash: KeyedHash;
  readonly now: () => number;
}

/** Who tries what. `device`: the secret of the browser's cookie; undefined: it has none. */
export interface Guesser {
  readonly kind: keyof typeof KINDS;
  /** What is guessed, as text that stands for nothing else. */
  readonly subject: readonly string[];
  readonly device: string | undefined;
  readonly address: AddressKey;
}

/** A try that may be looked at. */
export interface Guess {
  /** Whose share of the work it is: the known browser, or the address. */
  readonly who: string;
  /** It was right: it does not count, and the browser is known from now on. */
  wasRight(): Promise<void>;
  /** It was not looked at, so it does not count. */
  giveBack(): Promise<void>;
}

/**
 * Takes the points of a try before it is looked at, so that many at once get no further than one after another; gives the refusal if there are
 * none left. A browser that was right before has points of its own, which nobody else takes. When those of all others are spent, an address's
 * first try of a day is still looked at: nobody who guesses keeps people elsewhere out.
 */
export async function takeGuess(context: GuessContext, guesser: Guesser): Promise<Guess | Refusal> {
  const { limits } = context;
  const kind: GuessKind = KINDS[guesser.kind];
  const known = await knownDeviceOf(context, guesser);
  const subject = known.subjectHash;
  const taken: [LimitName, string][] = [];
  const giveBack = async () => {
    for (const [name, key] of taken.splice(0)) await limits.giveBack(name, key);
  };
  const take = async (name: LimitName, key: string) => {
    taken.push([name, key]);
    return await limits.draw(name, key);
  };
  const isKnown = guesser.device !== undefined && await isKnownDevice(context.db, known, context.now());
  const refusal = isKnown
    ? (await take(kind.device, `${subject} ${known.deviceHash}`)).refusal
    : await takeOfStranger(kind, subject, guesser.address, take);
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

/** Knows a browser that has proved itself by whatever. */
export async function rememberDevice(
  context: Omit<GuessContext, "limits">,
  guesser: Pick<Guesser, "kind" | "subject" | "device">,
): Promise<void> {
  await keepDevice(context, guesser, await knownDeviceOf(context, guesser));
}

async function takeOfStranger(
  kind: GuessKind,
  subject: string,
  address: AddressKey,
  take: (name: LimitName, key: string) => ReturnType<Limits["draw"]>,
): Promise<Refusal | undefined> {
  const day = await take(kind.addressDay, `${subject} ${address}`);
  const own = day.refusal ?? (await take(kind.address, `${subject} ${address}`)).refusal ??
    (kind.anySubject && (await take(kind.anySubject, address)).refusal);
  if (own !== undefined) return own;
  const { refusal } = await take(kind.subject, subject);
  if (refusal === undefined || !day.isFirst) return refusal;
  return (await take(kind.first, subject)).refusal;
}

/** Keeps a browser that is not known yet; one that is stays known until its time. */
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
