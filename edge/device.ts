import { createHmac } from "node:crypto";
import { deriveMacKey } from "./keyed_hash.ts";
import type { AddressKey } from "./network_address.ts";
import {
  base32,
  type ParticipantId,
  type PersonId,
  type RoomId,
  type TabId,
  type TokenId,
} from "@tafelrunde/protocol";

/** The format of a device cookie: 128 random bits in base64url. */
export const DEVICE = /^[A-Za-z0-9_-]{22}$/;

/** Derives the ids by which somebody is known in a room; see `makeIdentity`. */
export interface RoomIds {
  /** The id of a tab on a device. */
  participant(device: string, room: RoomId, tab: TabId): ParticipantId;
  /** The id of who comes by a token. */
  tokenHolder(token: TokenId, room: RoomId): ParticipantId;
  /** The id of a device or an account, in any tab, or of who comes by a token. */
  person(by: "device" | "account" | "token", id: string, room: RoomId): PersonId;
  /** The value that replaces a network address at media nodes, which must not learn it. */
  origin(address: AddressKey): string;
}

/**
 * Participants are identified by their device cookie, the room and their tab, under a key shared by all
 * edges. So nothing is stored, a participant who reloads is the same on every edge, and nobody can
 * impersonate another without that one's cookie.
 */
export function makeRoomIds(identityKey: string): RoomIds {
  const key = deriveMacKey(identityKey, "tafelrunde participant id 1");
  /** The first `bytes` of the MAC over `parts`, in base32. */
  const derive = (bytes: number, ...parts: readonly string[]) => {
    const mac = createHmac("sha256", key).update(JSON.stringify(parts)).digest();
    return base32(new Uint8Array(mac.subarray(0, bytes)));
  };
  return {
    participant: (device, room, tab) => derive(16, device, room, tab) as ParticipantId,
    tokenHolder: (token, room) => derive(16, "token", token, room) as ParticipantId,
    person: (by, id, room) => derive(10, "person", by, id, room) as PersonId,
    origin: (address) => derive(16, "origin", address),
  };
}
