import type { AddressKey } from "./network_address.ts";
import { base32, type ParticipantId, type PersonId, type RoomId, type TabId } from "@tafelrunde/protocol";

/** What a device cookie looks like: 128 random bits in base64url. */
export const DEVICE = /^[A-Za-z0-9_-]{22}$/;

/** Gives the ids by which somebody is known in a room; see `makeIdentity`. */
export interface Identity {
  /** Of a tab of a device. */
  participant(device: string, room: RoomId, tab: TabId): Promise<ParticipantId>;
  /** Of a device, or of an account, in whatever tab. */
  person(by: "device" | "account", id: string, room: RoomId): Promise<PersonId>;
  /** What stands for a network address at media nodes, which must not learn it. */
  origin(address: AddressKey): Promise<string>;
}

/**
 * Who someone is follows from their device cookie, the room and their tab, under a key that all edges share: nothing is stored, a reload is
 * the same person at any edge, and nobody can be another without that other's cookie.
 */
export async function makeIdentity(identityKey: string): Promise<Identity> {
  const encoder = new TextEncoder();
  const master = await crypto.subtle.importKey("raw", encoder.encode(identityKey), "HKDF", false, [
    "deriveKey",
  ]);
  const key = await crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: encoder.encode("tafelrunde participant id 1"),
    },
    master,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign"],
  );
  /** The first `bytes` of the MAC over `parts`, in base32. */
  const derive = async (bytes: number, ...parts: readonly string[]) => {
    const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(JSON.stringify(parts)));
    return base32(new Uint8Array(mac, 0, bytes));
  };
  return {
    participant: async (device, room, tab) => await derive(16, device, room, tab) as ParticipantId,
    person: async (by, id, room) => await derive(10, "person", by, id, room) as PersonId,
    origin: (address) => derive(16, "origin", address),
  };
}
