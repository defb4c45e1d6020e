import { isRefusal, type Refusal, refuse, type RoomId } from "@tafelrunde/protocol";
import { type GuessContext, type Guesser, rememberDevice, takeGuess } from "../guesses.ts";
import { HasherBusy, type WorkShare } from "../identity/password/hasher.ts";
import type { AddressKey } from "../network_address.ts";

/** How long a right password is known to be right, and how many are, ms. */
const RIGHT_MS = 10 * 60_000;
const MAX_RIGHT = 1_000;

/** Wait before a password is looked at again when too many are waiting, ms. */
const BUSY_MS = 1_000;

/** Compares passwords with what is stored of them. Rejects with HasherBusy when too many wait. */
export interface PasswordVerifier {
  verify(password: string, hash: string, share: WorkShare): Promise<boolean>;
}

/** A password that somebody gives for a room. `device`: the secret of their browser's cookie. */
export interface RoomPasswordTry {
  readonly room: RoomId;
  readonly passwordHash: string;
  readonly password: string;
  readonly device: string;
  readonly address: AddressKey;
}

/**
 * Looks at the passwords of rooms. One that was right costs nothing the second time, whoever gives it; the same one given from one address many
 * times at once, as by a class, is looked at once and counts once. Only wrong ones count.
 */
export class RoomPasswords {
  readonly #context: GuessContext;
  readonly #verifier: PasswordVerifier;
  /** Right passwords as MACs under a key of this process, and until when, ms; the oldest first. */
  readonly #right = new Map<string, number>();
  readonly #asked = new Map<string, Promise<Refusal | null>>();
  readonly #key = crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

  constructor(context: GuessContext, verifier: PasswordVerifier) {
    this.#context = context;
    this.#verifier = verifier;
  }

  /** Null: it is the room's password. */
  async refuse(given: RoomPasswordTry): Promise<Refusal | null> {
    const mac = await this.#macOf(given);
    if (this.#isKnownRight(mac)) return await this.#welcome(given);
    const same = `${mac} ${given.address}`;
    const asked = this.#asked.get(same);
    if (asked !== undefined) {
      const refusal = await asked;
      if (refusal === null) return await this.#welcome(given);
      if (refusal.refused === "password.wrong") return refusal;
    }
    const looking = this.#look(given, mac);
    this.#asked.set(same, looking);
    try {
      return await looking;
    } finally {
      if (this.#asked.get(same) === looking) this.#asked.delete(same);
    }
  }

  async #look(given: RoomPasswordTry, mac: string): Promise<Refusal | null> {
    const { room, password, passwordHash } = given;
    const guess = await takeGuess(this.#context, guesserOf(given));
    if (isRefusal(guess)) return guess;
    const share = { kind: "room", who: guess.who, about: room } as const;
    const isRight = await this.#verifier.verify(password, passwordHash, share).catch(async (error) => {
      await guess.giveBack();
      if (error instanceof HasherBusy) return undefined;
      throw error;
    });
    if (isRight === undefined) return refuse("password.tooFrequent", BUSY_MS);
    if (!isRight) return refuse("password.wrong");
    this.#keepRight(mac);
    await guess.wasRight();
    return null;
  }

  /** The browser has given the right one, too. */
  async #welcome(given: RoomPasswordTry): Promise<null> {
    await rememberDevice(this.#context, guesserOf(given));
    return null;
  }

  #isKnownRight(mac: string): boolean {
    return (this.#right.get(mac) ?? 0) > this.#context.now();
  }

  #keepRight(mac: string): void {
    this.#right.delete(mac);
    this.#right.set(mac, this.#context.now() + RIGHT_MS);
    const [oldest] = this.#right.keys();
    if (this.#right.size > MAX_RIGHT && oldest !== undefined) this.#right.delete(oldest);
  }

  /** The stored hash has a salt of its own, so that another password of the room, or the same of another room, is another text. */
  async #macOf({ passwordHash, password }: RoomPasswordTry): Promise<string> {
    const text = new TextEncoder().encode(JSON.stringify([passwordHash, password]));
    return new Uint8Array(await crypto.subtle.sign("HMAC", await this.#key, text)).toHex();
  }
}

function guesserOf({ room, passwordHash, device, address }: RoomPasswordTry): Guesser {
  return { kind: "room", subject: [room, passwordHash], device, address };
}
