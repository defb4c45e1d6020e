import { base32, type ParticipantId, type RoomId, type TabId } from "@tafelrunde/protocol";

/** What a device cookie looks like: 128 random bits in base64url. */
export const DEVICE = /^[A-Za-z0-9_-]{22}$/;

/** Gives the participant id of a tab of a device in a room; see `makeIdentity`. */
export type Identity = (device: string, room: RoomId, tab: TabId) => Promise<ParticipantId>;

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
  return async (device, room, tab) => {
    const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(JSON.stringify([device, room, tab])));
    return base32(new Uint8Array(mac, 0, 16)) as ParticipantId;
  };
}
