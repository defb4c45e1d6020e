import type { LinkSecret, RoomId } from "@tafelrunde/protocol";
import { createSignal, onCleanup } from "solid-js";

/** A room's name and a link's secret, as protocol/ids.ts has them: its schemas would bring valibot into the lobby, 4 kB of it. */
export const ROOM_ID = /[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}/;
export const LINK_SECRET = /[A-Za-z0-9_-]{22}/;

/** Which page an address means. */
export type Route =
  | { readonly page: "home" }
  | RoomRoute
  /** One of the pages of people with an account, and those that lead there: desk/desk_route.ts reads on. */
  | { readonly page: "desk" }
  /** A room's address with a name or a secret that cannot be one. */
  | { readonly page: "badLink" }
  | { readonly page: "notFound" };

export interface RoomRoute {
  readonly page: "room";
  readonly roomId: RoomId;
  /** "": none, for who is signed in and has a role in the room. */
  readonly link: LinkSecret | "";
}

const ROOM_PATH = new RegExp(`^/r/(${ROOM_ID.source})/?$`);
const DESK_PATH = /^\/(signin|first|invite|reset|email|answer|meetings|account|admin)(\/|$)/;
const ROOM_HASH = new RegExp(`^#(${LINK_SECRET.source})$`);

/** Reads an address: `/`, `/r/{room}#{link}`, `/r/{room}` or one of the desk's. */
export function parseRoute(url: URL): Route {
  if (url.pathname === "/" || url.pathname === "/index.html") return { page: "home" };
  if (DESK_PATH.test(url.pathname)) return { page: "desk" };
  if (!/^\/r(\/[^/]*)?\/?$/.test(url.pathname)) return { page: "notFound" };
  const roomId = ROOM_PATH.exec(url.pathname)?.[1];
  const link = url.hash === "" ? "" : ROOM_HASH.exec(url.hash)?.[1];
  if (roomId === undefined || link === undefined) return { page: "badLink" };
  return { page: "room", roomId: roomId as RoomId, link: link as LinkSecret | "" };
}

/** Path and fragment of a room's link, without the origin; `link` "": none. */
export function roomPath(roomId: string, link: string): string {
  return link === "" ? `/r/${roomId}` : `/r/${roomId}#${link}`;
}

/** The event of the window that tells of it. */
export const NAVIGATED = "tafelrunde:navigated";

/** Goes to another page of this site without loading it anew. */
export function navigate(path: string): void {
  history.pushState(null, "", path);
  dispatchEvent(new Event(NAVIGATED));
  scrollTo(0, 0);
}

/** The page to show, as the address changes. Follows back, forward, an edited fragment and `navigate`. */
export function createRoute(): () => Route {
  const [route, setRoute] = createSignal(parseRoute(new URL(location.href)));
  const listening = new AbortController();
  const read = () => setRoute(parseRoute(new URL(location.href)));
  for (const change of ["popstate", "hashchange", NAVIGATED]) {
    addEventListener(change, read, { signal: listening.signal });
  }
  onCleanup(() => listening.abort());
  return route;
}
