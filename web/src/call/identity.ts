import { base32, countCharacters, MAX_NAME, type RoomId, type TabId } from "@tafelrunde/protocol";
import type { CallStart, Stood } from "./api.ts";
import { isRecord, isText, keep, recall } from "./storage.ts";

/**
 * What the browser keeps for a person. In this tab: who they are in a meeting, and that they are in it, so that a reload comes straight
 * back. Beyond: their name and their wishes for the devices. Never a secret: the link's stays in the address, the device's in a cookie
 * that no script can read.
 */
const KEYS = {
  tab: "tafelrunde:tab",
  joined: "tafelrunde:joined",
  name: "tafelrunde:name",
  as: "tafelrunde:as",
  wishes: "tafelrunde:devices",
} as const;

/** How long ago a tab may have been in the meeting for a reload to lead straight back, ms: the edge keeps a place for 20 s. */
export const JOINED_TERM_MS = 30_000;

/** How often a tab in a meeting notes that it still is, ms. */
export const JOINED_NOTE_MS = 5_000;

/** Source: protocol/ids.ts, TabId; its schema would bring valibot into the lobby. */
const TAB_ID = /^[A-Za-z0-9-]{8,36}$/;

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

/** The tab's id where the browser keeps none. */
let unkeptTab: TabId | undefined;

/** This tab's id; a reload keeps it. A duplicated tab has the same one, and then replaces the first. */
export function tabId(): TabId {
  const isTab = (kept: unknown): kept is TabId => isText(kept) && TAB_ID.test(kept);
  const kept = recall("sessionStorage", KEYS.tab, isTab) ?? unkeptTab;
  if (kept !== undefined) return kept;
  unkeptTab = base32(crypto.getRandomValues(new Uint8Array(16))) as TabId;
  keep("sessionStorage", KEYS.tab, unkeptTab);
  return unkeptTab;
}

/** The name of last time; "" when there is none. */
export function rememberedName(): string {
  const name = recall("localStorage", KEYS.name, isText) ?? "";
  return countCharacters(name) > MAX_NAME ? "" : name;
}

/** The name to offer to who is signed in as `account`: that of last time if they were so then, too. */
export function offeredName(account: string | null | undefined): string {
  return account && recall("localStorage", KEYS.as, isText) !== account ? account : rememberedName();
}

/** `account`: as whom they are signed in. */
export function rememberName(name: string, account: string | null | undefined): void {
  keep("localStorage", KEYS.name, name);
  keep("localStorage", KEYS.as, account ?? undefined);
}

/** The wishes of last time, each by itself: what is none is the first wish. */
export function rememberedWishes(): Wishes {
  const kept = recall("localStorage", KEYS.wishes, isRecord) ?? {};
  const known = Object.entries(FIRST_WISHES).map(([wish, first]) => {
    const value = kept[wish];
    return [wish, typeof value === typeof first ? value : first];
  });
  return Object.fromEntries(known) as Wishes;
}

export function rememberWishes(changed: Partial<Wishes>): void {
  keep("localStorage", KEYS.wishes, { ...rememberedWishes(), ...changed });
}

/** The meeting that this tab is in now, so that a reload goes straight back, and how they stand in it; null: none. */
export function rememberJoined(roomId: RoomId | null, stood?: Stood): void {
  keep("sessionStorage", KEYS.joined, roomId === null ? undefined : { roomId, at: Date.now(), stood });
}

/**
 * What a call for this page starts with. Straight in, without the lobby, goes whoever reloads the page of a meeting that
 * they are in, and whoever follows a link with `?join` under a remembered name. A tab that the browser has restored, or
 * that comes back from its history, shows the lobby: nobody asked to be seen and heard there.
 */
export function callStart(roomId: RoomId, { hash, search }: Pick<Location, "hash" | "search">): CallStart {
  const name = rememberedName();
  const came = arrival();
  const joined = recall("sessionStorage", KEYS.joined, isRecord);
  const { at, stood } = joined?.["roomId"] === roomId ? joined : {} as { at?: unknown; stood?: unknown };
  const isDirect = came === "navigate"
    ? new URLSearchParams(search).has("join")
    : came === "reload" && isWithinTerm(at);
  return {
    roomId,
    link: hash.slice(1),
    joinAs: isDirect && name !== "" ? name : undefined,
    stood: isRecord(stood) && isRecord(stood["muted"]) ? stood as unknown as Stood : undefined,
  };
}

/** The same for one who was in the call of this page already: they stand in the lobby. */
export function callStartAgain(roomId: RoomId, location: Pick<Location, "hash">): CallStart {
  return { ...callStart(roomId, { hash: location.hash, search: "" }), joinAs: undefined };
}

function isWithinTerm(at: unknown): boolean {
  // What is no number is within no term.
  const ageMs = Date.now() - (at as number);
  return ageMs >= 0 && ageMs < JOINED_TERM_MS;
}

/**
 * How the browser came to this page; undefined: it does not say. A tab that it had thrown away to save memory comes back
 * without anybody's wish.
 */
function arrival(): NavigationTimingType | undefined {
  const [navigation] = performance.getEntriesByType("navigation");
  if ((document as Document & { readonly wasDiscarded?: boolean }).wasDiscarded) return "back_forward";
  return (navigation as PerformanceNavigationTiming | undefined)?.type;
}
