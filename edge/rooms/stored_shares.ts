import { Buffer } from "node:buffer";
import { type Command, type Refusal, refuse, type RoomId, type TenantId } from "@tafelrunde/protocol";
import type { Limits } from "../limits.ts";
import type { Metrics } from "../metrics.ts";
import type { AddressKey } from "../network_address.ts";
import type { Asked, ClientCommand } from "./decision.ts";

/** Bytes of a stored event besides its frame: columns, row header, entries of two indexes. */
export const EVENT_OVERHEAD = 150;

/** How something adds to the log of a room: by what people write or do inside, by who comes in, by who comes back. */
export type Growing = "text" | "write" | "join" | "resume";

/**
 * Bytes that the log of a room without a tenant may have until it is emptied, by what adds to it. Who is inside goes on longest: a day of 100
 * people who write 5,000 messages is about 2 MB.
 */
export const ROOM_SHARES: Readonly<Record<Growing, number>> = {
  text: 8_000_000,
  write: 8_000_000,
  join: 12_000_000,
  resume: 16_000_000,
};

/** The part of its share that such a room has once all of them together have stored as much as they may. */
export const SCARCE_PART = 1 / 32;

/** The part of its tenant's storage that guests of a house's room can use up: its own people go on then. */
export const GUEST_PART = 3 / 4;

/** What of a room counts. */
interface Stored {
  readonly room: { readonly id: RoomId };
  /** Null: nobody answers for what is stored in it. */
  readonly tenantId: TenantId | null;
  /** Bytes of its log, all edges together, as far as this one knows. */
  readonly loggedBytes: number;
}

/** Who adds to it. */
interface Writer {
  readonly address: AddressKey;
  /** Neither the owner, nor of the house, nor a member of the room. */
  readonly isGuest: boolean;
}

/** Shares of the disk: of each room that belongs to nobody, of all of these together, of each tenant, of the people behind one address. */
export class StoredShares {
  readonly #limits: Limits;
  readonly #metrics: Metrics;
  readonly #maxBytes: number;
  readonly #allBytes: () => number;
  readonly #storedPart: (tenantId: TenantId) => number;

  /**
   * `maxBytes`: what all rooms that belong to nobody may store; `allBytes`: what they have stored. `storedPart`: the part of its storage that a
   * tenant has used; 0: it may store without end.
   */
  constructor(
    { limits, metrics, maxBytes, allBytes, storedPart }: {
      limits: Limits;
      metrics: Metrics;
      maxBytes: number;
      allBytes: () => number;
      storedPart: (tenantId: TenantId) => number;
    },
  ) {
    this.#limits = limits;
    this.#metrics = metrics;
    this.#maxBytes = maxBytes;
    this.#allBytes = allBytes;
    this.#storedPart = storedPart;
  }

  /** Takes the share of something that adds `bytes` to a room's log; null: there is one left. */
  async refuse(room: Stored, writer: Writer, growing: Growing, bytes: number): Promise<Refusal | null> {
    if (room.tenantId !== null) return await this.#refuseInHouse(room, room.tenantId, writer, growing, bytes);
    const { address } = writer;
    const share = ROOM_SHARES[growing] * (this.#isScarce ? SCARCE_PART : 1);
    if (room.loggedBytes + bytes > share) {
      this.#metrics.limited.inc({ limit: "room.stored" });
      return refuse("room.logFull");
    }
    if (growing === "resume") return null;
    const name = growing === "join" ? "stored.join" : "stored.write";
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

  /**
   * A tenant that has used its storage up writes no more; calls go on. What a guest adds is counted by address and room, so that no guest of one
   * room is kept from writing in another.
   */
  async #refuseInHouse(
    { room: { id } }: Stored,
    tenantId: TenantId,
    { address, isGuest }: Writer,
    growing: Growing,
    bytes: number,
  ): Promise<Refusal | null> {
    if (growing === "text" && this.#storedPart(tenantId) >= (isGuest ? GUEST_PART : 1)) {
      this.#metrics.limited.inc({ limit: "tenant.stored" });
      return refuse("room.logFull");
    }
    // Who comes back is never kept out for what others behind their address did.
    if (!isGuest || growing === "resume") return null;
    const name = growing === "text" || growing === "write" ? "stored.write" : "stored.join";
    return await this.#limits.takeOf(name, address, { points: bytes, subject: id }) ?? null;
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

/** How a command that adds to the log does: with words of people, or with what they do. */
export function growingOf({ type }: Pick<Command, "type">): "text" | "write" {
  return type === "chat.post" || type === "participant.rename" ? "text" : "write";
}

/** Bytes of an event, serialised as `frame`. */
export function storedBytes(frame: string): number {
  return Buffer.byteLength(frame) + EVENT_OVERHEAD;
}
