import { Buffer } from "node:buffer";
import { type Command, type Refusal, refuse, type RoomId, type TenantId } from "@tafelrunde/protocol";
import type { Limits } from "../limits.ts";
import type { Metrics } from "../metrics.ts";
import type { AddressKey } from "../network_address.ts";
import type { Adds } from "../feature.ts";
import { ruleOf } from "../feature_rules.ts";
import { isOfFeature } from "./decide_feature.ts";
import type { ClientCommand, CommandDraft, FeatureDecided } from "./decision.ts";

/** Bytes of a stored event besides its frame: columns, row header, entries of two indexes. */
export const EVENT_OVERHEAD = 150;

/**
 * How an action adds to a room's log: by writing text or another action inside, by joining, or by resuming.
 */
export type Growing = "text" | "write" | "join" | "resume";

/**
 * Largest log of an anonymous room until it is emptied, by kind of action, bytes. Participants inside can go
 * on longest; for scale, a day of 100 participants who write 5,000 messages is about 2 MB.
 */
export const ROOM_SHARES: Readonly<Record<Growing, number>> = {
  text: 8_000_000,
  write: 8_000_000,
  join: 12_000_000,
  resume: 16_000_000,
};

/** Part of its share that an anonymous room keeps once all of them together have used their limit. */
export const SCARCE_PART = 1 / 32;

/** Part of a tenant's storage that guests in its rooms can use; after that only its own people can write. */
export const GUEST_PART = 3 / 4;

/** The room that an action adds to. */
interface Stored {
  readonly room: { readonly id: RoomId };
  /** Null: an anonymous room. */
  readonly tenantId: TenantId | null;
  /** Size of the log over all edges, as far as this edge knows, bytes. */
  readonly loggedBytes: number;
}

/** The sender of an action. */
interface Writer {
  readonly address: AddressKey;
  /** Neither the owner, nor of the tenant, nor a member of the room. */
  readonly isGuest: boolean;
}

/** Storage shares: of each anonymous room, of all of them together, of each tenant, and of one address. */
export class StoredShares {
  readonly #limits: Limits;
  readonly #metrics: Metrics;
  readonly #maxBytes: number;
  readonly #allBytes: () => number;
  readonly #storedPart: (tenantId: TenantId) => number;

  /**
   * `maxBytes`: limit for all anonymous rooms together; `allBytes`: their size now. `storedPart`: the used
   * part of a tenant's storage; 0: unlimited.
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

  /** Takes the share of an action that adds `bytes` to a room's log; null: granted. */
  refuse(room: Stored, writer: Writer, growing: Growing, bytes: number): Refusal | null {
    if (room.tenantId !== null) return this.#refuseInHouse(room, room.tenantId, writer, growing, bytes);
    const { address } = writer;
    const share = ROOM_SHARES[growing] * (this.#isScarce ? SCARCE_PART : 1);
    if (room.loggedBytes + bytes > share) {
      this.#metrics.limited.inc({ limit: "room.stored" });
      return refuse("room.logFull");
    }
    if (growing === "resume") return null;
    const name = growing === "join" ? "stored.join" : "stored.write";
    return (this.#isScarce ? this.#limits.takeOf("stored.scarce", address, { points: bytes }) : undefined) ??
      this.#limits.takeOf(name, address, { points: bytes }) ?? null;
  }

  /** Takes the share of a new anonymous room; undefined: granted. */
  refuseRoom(address: AddressKey): Refusal | undefined {
    return (this.#isScarce ? this.#limits.takeOf("room.scarce", address) : undefined) ??
      this.#limits.takeOf("room.anonymous", address);
  }

  /**
   * A tenant that has used up its storage can store no more text; calls go on. Guests are counted by address
   * and room, so no guest of one room can stop another from writing elsewhere.
   */
  #refuseInHouse(
    { room: { id } }: Stored,
    tenantId: TenantId,
    { address, isGuest }: Writer,
    growing: Growing,
    bytes: number,
  ): Refusal | null {
    if (growing === "text" && this.#storedPart(tenantId) >= (isGuest ? GUEST_PART : 1)) {
      this.#metrics.limited.inc({ limit: "tenant.stored" });
      return refuse("room.logFull");
    }
    // Resuming participants are never refused because of others behind the same address.
    if (!isGuest || growing === "resume") return null;
    const name = growing === "text" || growing === "write" ? "stored.write" : "stored.join";
    return this.#limits.takeOf(name, address, { points: bytes, subject: id }) ?? null;
  }

  get #isScarce(): boolean {
    return this.#allBytes() > this.#maxBytes;
  }
}

/**
 * Whether a command adds to the log each time it is repeated. Commands that end or remove something do not,
 * because something else has to begin it first; they are never refused for storage. Joining has its own
 * share.
 */
export function isGrowing(command: CommandDraft<Command> | ClientCommand): boolean {
  if (isOfFeature(command)) return addsOf(command) !== "nothing";
  switch (command.type) {
    case "participant.rename":
    case "role.set":
    case "room.change":
    case "track.publish":
    case "waiting.admit":
    case "space.open":
    case "space.move":
      return true;
    case "track.address":
      return command.participantIds !== null;
    case "track.mute":
      return !command.muted;
    case "participant.join":
    case "participant.leave":
    case "participant.remove":
    case "waiting.decline":
    case "track.unpublish":
    case "track.stop":
    case "track.muteAll":
    case "space.close":
    case "room.end":
      return false;
    default:
      return command satisfies never;
  }
}

/** Whether a command that adds to the log stores people's text or another action. */
export function growingOf(command: CommandDraft<Command>): "text" | "write" {
  const isText = isOfFeature(command) ? addsOf(command) === "text" : command.type === "participant.rename";
  return isText ? "text" : "write";
}

function addsOf(command: FeatureDecided): Adds {
  const { adds } = ruleOf(command)!;
  return typeof adds === "function" ? adds(command) : adds;
}

/** Stored size of an event serialised as `frame`, bytes. */
export function storedBytes(frame: string): number {
  return Buffer.byteLength(frame) + EVENT_OVERHEAD;
}
