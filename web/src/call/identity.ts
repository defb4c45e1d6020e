import type { RoomId, TabId } from "@tafelrunde/protocol";
import { base32, countCharacters, MAX_NAME } from "@tafelrunde/protocol/client";
import type { CallStart, Stood } from "./api.ts";
import { isRecord, isText, keep, recall } from "./storage.ts";

/**
 * What the browser stores for a person. In this tab: who they are in a meeting, and that they are in it, so
 * that a reload returns straight to it. Beyond the tab: their name and their device choices. Never a secret:
 * the link's secret stays in the address, the device's in a cookie that no script can read.
 */
const KEYS = {
  tab: "tafelrunde:tab",
  joined: "tafelrunde:joined",
  name: "tafelrunde:name",
  as: "tafelrunde:as",
  wishes: "tafelrunde:devices",
} as const;

/**
 * How recently a tab must have been in the meeting for a reload to return straight to it, ms: the edge keeps
 * a place for 20 s.
 */
export const JOINED_TERM_MS = 30_000;

/** How often a tab notes that it is still in the meeting, ms. */
export const JOINED_NOTE_MS = 5_000;

/** Source: protocol/ids.ts, TabId; its schema would bring valibot into the lobby. */
const TAB_ID = /^[A-Za-z0-9-]{8,36}$/;

/** How a person wants to enter: what was on and which devices were chosen last time. */
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

/** The tab's id if the browser stores none. */
let unkeptTab: TabId | undefined;

/** This tab's id; a reload keeps it. A duplicated tab has the same id and then replaces the first. */
export function tabId(): TabId {
  const isTab = (kept: unknown): kept is TabId => isText(kept) && TAB_ID.test(kept);
  const kept = recall("sessionStorage", KEYS.tab, isTab) ?? unkeptTab;
  if (kept !== undefined) return kept;
  unkeptTab = base32(crypto.getRandomValues(new Uint8Array(16))) as TabId;
  keep("sessionStorage", KEYS.tab, unkeptTab);
  return unkeptTab;
}

/** The last used name; "": none. */
export function rememberedName(): string {
  const name = recall("localStorage", KEYS.name, isText) ?? "";
  return countCharacters(name) > MAX_NAME ? "" : name;
}

/**
 * The name to suggest to a person who is signed in as `account`: the last used one if they were signed in as
 * that account then, too.
 */
export function offeredName(account: string | null | undefined): string {
  return account && recall("localStorage", KEYS.as, isText) !== account ? account : rememberedName();
}

/** Remembers the name. `account`: the account they are signed in with. */
export function rememberName(name: string, account: string | null | undefined): void {
  keep("localStorage", KEYS.name, name);
  keep("localStorage", KEYS.as, account ?? undefined);
}

/** The last choices, each checked by itself: an invalid one becomes the default. */
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

/**
 * Stores the meeting that this tab is in now, so that a reload returns straight to it, and the person's state
 * in it; null: none.
 */
export function rememberJoined(roomId: RoomId | null, stood?: Stood): void {
  keep("sessionStorage", KEYS.joined, roomId === null ? undefined : { roomId, at: Date.now(), stood });
}

/**
 * The input of a call for this page. Two cases skip the lobby: a reload of the page of a meeting that the
 * person is in, and a link with `?join` under a remembered name. A tab that the browser has restored, or that
 * comes back from its history, shows the lobby: nobody asked to be seen and heard there.
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

/** The same for a person who was already in this page's call: they start in the lobby. */
export function callStartAgain(roomId: RoomId, location: Pick<Location, "hash">): CallStart {
  return { ...callStart(roomId, { hash: location.hash, search: "" }), joinAs: undefined };
}

function isWithinTerm(at: unknown): boolean {
  // A value that is not a number counts as too old.
  const ageMs = Date.now() - (at as number);
  return ageMs >= 0 && ageMs < JOINED_TERM_MS;
}

/**
 * How the browser came to this page; undefined: unknown. A tab that was discarded to save memory comes back
 * without anyone asking for it.
 */
function arrival(): NavigationTimingType | undefined {
  const [navigation] = performance.getEntriesByType("navigation");
  if ((document as Document & { readonly wasDiscarded?: boolean }).wasDiscarded) return "back_forward";
  return (navigation as PerformanceNavigationTiming | undefined)?.type;
}
