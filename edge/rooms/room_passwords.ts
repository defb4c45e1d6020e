import { isRefusal, type Refusal, refuse, type RoomId } from "@tafelrunde/protocol";
import { type GuessContext, type Guesser, rememberDevice, takeGuess } from "../guesses.ts";
import { HasherBusy, type WorkShare } from "../identity/password/hasher.ts";
import type { AddressKey } from "../network_address.ts";

/** How long a correct password is remembered, ms, and how many are. */
const RIGHT_MS = 10 * 60_000;
const MAX_RIGHT = 1_000;

/** Wait before a retry when too many passwords are queued, ms. */
const BUSY_MS = 1_000;

/** Compares passwords with stored hashes. Rejects with HasherBusy when the queue is full. */
export interface PasswordVerifier {
  verify(password: string, hash: string, share: WorkShare): Promise<boolean>;
}

/** A password given for a room. `device`: the secret of the browser's cookie. */
export interface RoomPasswordTry {
  readonly room: RoomId;
  readonly passwordHash: string;
  readonly password: string;
  readonly device: string;
  readonly address: AddressKey;
}

/**
 * Checks the passwords of rooms. A password that was correct costs nothing the second time, whoever gives it.
 * The same password given many times at once from one address, as by a class, is hashed once and counts once.
 * Only wrong passwords count.
 */
export class RoomPasswords {
  readonly #context: GuessContext;
  readonly #verifier: PasswordVerifier;
  /** MACs of correct passwords under a key of this process, each with its expiry, ms; the oldest first. */
  readonly #right = new Map<string, number>();
  readonly #asked = new Map<string, Promise<Refusal | null>>();
  readonly #key = crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

  constructor(context: GuessContext, verifier: PasswordVerifier) {
    this.#context = context;
    this.#verifier = verifier;
  }

  /** Null: the password is correct. */
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

  /** Remembers the browser as one that gave a correct password. */
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

  /**
   * The stored hash has its own salt, so another password, or the same one in another room, gives another
   * MAC.
   */
  async #macOf({ passwordHash, password }: RoomPasswordTry): Promise<string> {
    const text = new TextEncoder().encode(JSON.stringify([passwordHash, password]));
    return new Uint8Array(await crypto.subtle.sign("HMAC", await this.#key, text)).toHex();
  }
}

function guesserOf({ room, passwordHash, device, address }: RoomPasswordTry): Guesser {
  return { kind: "room", subject: [room, passwordHash], device, address };
}
