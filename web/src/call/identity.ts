import { base32, type RoomId, type TabId } from "@tafelrunde/protocol";
import type { CallStart } from "./api.ts";

/**
 * What the browser keeps for a person. In this tab: who they are in a meeting, and that they are in it, so that a reload comes straight
 * back. Beyond: their name and their wishes for the devices. Never a secret: the link's stays in the address, the device's in a cookie
 * that no script can read.
 */
const KEYS = {
  tab: "tafelrunde:tab",
  joined: "tafelrunde:joined",
  name: "tafelrunde:name",
  wishes: "tafelrunde:devices",
} as const;

/** How a person wants to enter: what was on and which devices were chosen the last time. */
export interface Wishes {
  readonly microphoneOn: boolean;
  readonly cameraOn: boolean;
  readonly microphoneId: string;
  readonly cameraId: string;
  readonly speakerId: string;
}

const FIRST_WISHES: Wishes = {
  microphoneOn: true,
  cameraOn: true,
  microphoneId: "",
  cameraId: "",
  speakerId: "",
};

/** This tab's id; a reload keeps it. A duplicated tab has the same one, and then replaces the first. */
export function tabId(): TabId {
  const kept = read(sessionStorage, KEYS.tab);
  if (kept !== undefined) return kept as TabId;
  const made = base32(crypto.getRandomValues(new Uint8Array(16))) as TabId;
  write(sessionStorage, KEYS.tab, made);
  return made;
}

/** The name of last time; "" when there is none. */
export function rememberedName(): string {
  return read(localStorage, KEYS.name) ?? "";
}

export function rememberName(name: string): void {
  write(localStorage, KEYS.name, name);
}

export function rememberedWishes(): Wishes {
  try {
    return { ...FIRST_WISHES, ...JSON.parse(read(localStorage, KEYS.wishes) ?? "{}") };
  } catch {
    return FIRST_WISHES;
  }
}

export function rememberWishes(changed: Partial<Wishes>): void {
  write(localStorage, KEYS.wishes, JSON.stringify({ ...rememberedWishes(), ...changed }));
}

/** The meeting that this tab is in, so that a reload goes straight back; null: none. */
export function rememberJoined(roomId: RoomId | null): void {
  if (roomId === null) sessionStorage.removeItem(KEYS.joined);
  else write(sessionStorage, KEYS.joined, roomId);
}

/**
 * What a call for this page starts with. Straight in, without the lobby, goes whoever reloads the page of a meeting that they are in,
 * and whoever follows a link with `?join` under a remembered name.
 */
export function callStart(roomId: RoomId, location: Pick<Location, "hash" | "search">): CallStart {
  const name = rememberedName();
  const isDirect = new URLSearchParams(location.search).has("join") ||
    read(sessionStorage, KEYS.joined) === roomId;
  const { microphoneOn, cameraOn } = rememberedWishes();
  return {
    roomId,
    link: location.hash.slice(1),
    joinAs: isDirect && name !== "" ? name : undefined,
    microphoneOn,
    cameraOn,
  };
}

function read(storage: Storage, key: string): string | undefined {
  return storage.getItem(key) ?? undefined;
}

/** A full or forbidden storage only means that nothing is remembered. */
function write(storage: Storage, key: string, value: string): void {
  try {
    storage.setItem(key, value);
  } catch (cause) {
    console.warn("not remembered", key, cause);
  }
}
