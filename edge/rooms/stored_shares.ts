import { Buffer } from "node:buffer";
import { type Command, type Refusal, refuse } from "@tafelrunde/protocol";
import type { Limits } from "../limits.ts";
import type { Metrics } from "../metrics.ts";
import type { AddressKey } from "../network_address.ts";
import type { Asked, ClientCommand } from "./decision.ts";

/** Bytes of a stored event besides its frame: columns, row header, entries of two indexes. */
export const EVENT_OVERHEAD = 150;

/** Bytes of a room of which nothing is logged yet: its row, its link, its first event, entries of their indexes. */
export const ROOM_BYTES = 1_500;

/** How something adds to the log of a room: by what people do inside, by who comes in, by who comes back. */
export type Growing = "write" | "join" | "resume";

/**
 * Bytes that the log of a room without a tenant may have until it is emptied, by what adds to it. Who is inside goes on longest: a day of 100
 * people who write 5,000 messages is about 2 MB.
 */
export const ROOM_SHARES: Readonly<Record<Growing, number>> = {
  write: 8_000_000,
  join: 12_000_000,
  resume: 16_000_000,
};

/** The part of its share that such a room has once all of them together have stored as much as they may. */
export const SCARCE_PART = 1 / 32;

/** What of a room counts. */
interface Stored {
  /** It belongs to no tenant: nobody answers for what is stored in it. */
  readonly isAnonymous: boolean;
  /** Bytes of its log, all edges together, as far as this one knows. */
  readonly loggedBytes: number;
}

/** Shares of the disk: of each room that belongs to nobody, of the people behind one address, of all such rooms together. */
export class StoredShares {
  readonly #limits: Limits;
  readonly #metrics: Metrics;
  readonly #maxBytes: number;
  readonly #allBytes: () => number;

  /** `maxBytes`: what all such rooms may store; `allBytes`: what they have stored. */
  constructor(
    { limits, metrics, maxBytes, allBytes }: {
      limits: Limits;
      metrics: Metrics;
      maxBytes: number;
      allBytes: () => number;
    },
  ) {
    this.#limits = limits;
    this.#metrics = metrics;
    this.#maxBytes = maxBytes;
    this.#allBytes = allBytes;
  }

  /** Takes the share of something that adds `bytes` to a room's log; null: there is one left. */
  async refuse(room: Stored, address: AddressKey, growing: Growing, bytes: number): Promise<Refusal | null> {
    if (!room.isAnonymous) return null;
    const share = ROOM_SHARES[growing] * (this.#isScarce ? SCARCE_PART : 1);
    if (room.loggedBytes + bytes > share) {
      this.#metrics.limited.inc({ limit: "room.stored" });
      return refuse("room.logFull");
    }
    if (growing === "resume") return null;
    const name = growing === "write" ? "stored.write" : "stored.join";
    return (this.#isScarce
      ? await this.#limits.takeOf("stored.scarce", address, { points: bytes })
      : undefined) ??
      await this.#limits.takeOf(name, address, { points: bytes }) ?? null;
  }

  /** Takes the share of a new room that belongs to nobody; undefined: there is one left. */
  async refuseRoom(address: AddressKey): Promise<Refusal | undefined> {
    return (this.#isScarce ? await this.#limits.takeOf("room.scarce", address) : undefined) ??
      await this.#limits.takeOf("room.anonymous", address);
  }

  get #isScarce(): boolean {
    return this.#allBytes() > this.#maxBytes;
  }
}

/**
 * Whether a command adds to the log for as long as it is repeated. What ends or lessens something does not, because something else has to begin
 * it: it is never refused for what is stored. Coming in has a share of its own.
 */
export function isGrowing(command: Asked<Command> | ClientCommand): boolean {
  switch (command.type) {
    case "chat.post":
    case "participant.rename":
    case "role.set":
    case "room.change":
    case "track.publish":
    case "waiting.admit":
      return true;
    case "hand.raise":
      return command.raised;
    case "track.mute":
      return !command.muted;
    case "participant.join":
    case "participant.leave":
    case "participant.remove":
    case "chat.delete":
    case "hand.lower":
    case "waiting.decline":
    case "track.unpublish":
    case "track.stop":
    case "track.muteAll":
    case "room.end":
      return false;
    default:
      return command satisfies never;
  }
}

/** Bytes of an event, serialised as `frame`. */
export function storedBytes(frame: string): number {
  return Buffer.byteLength(frame) + EVENT_OVERHEAD;
}
