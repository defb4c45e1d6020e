import type { LinkSecret, RoomId } from "@tafelrunde/protocol";
import { createSignal, onCleanup } from "solid-js";
import { findRoomLink } from "./room_link.ts";

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

/** What stands ahead of a room's name in an address, as people and programs write it; edge/http/web.ts answers the same. */
const ROOM_PATH = /^(?:\/|%(?:25)*2F)+r(?:\/|%(?:25)*2F)+/i;
const DESK_PATH = /^\/(signin|first|invite|reset|email|answer|stop|meetings|account|admin)(\/|$)/;
/** What stands behind a room's name in an address: nothing, or what a sentence or a mail left there. */
const BARE_END = /^\/?(?:[.,;:!?)\]}>'"*_]|%[0-9A-F]{2})*$/i;

/** Reads an address: `/`, `/r/{room}#{link}`, `/r/{room}` or one of the desk's. A room's is read as mails leave it. */
export function parseRoute(url: URL): Route {
  if (url.pathname === "/" || url.pathname === "/index.html") return { page: "home" };
  if (DESK_PATH.test(url.pathname)) return { page: "desk" };
  const ahead = ROOM_PATH.exec(url.pathname)?.[0];
  if (ahead === undefined) return { page: "notFound" };
  const found = findRoomLink(url.pathname + url.search + url.hash);
  if (found?.index !== ahead.length) return { page: "badLink" };
  const roomId = found.roomId as RoomId;
  if (found.link !== "") return { page: "room", roomId, link: found.link as LinkSecret };
  const isBare = url.hash === "" && BARE_END.test(url.pathname.slice(found.end));
  return isBare ? { page: "room", roomId, link: "" } : { page: "badLink" };
}

/** Reads the page's own address, and puts it right where it can be read but is not as it should be: it is what people copy. */
export function readRoute(): Route {
  const route = parseRoute(new URL(location.href));
  if (route.page !== "room") return route;
  const search = location.search.replace(/%(?:25)*23.*/, "");
  const right = `/r/${route.roomId}${search}${route.link === "" ? "" : `#${route.link}`}`;
  if (location.pathname + location.search + location.hash !== right) {
    history.replaceState(history.state, "", right);
  }
  return route;
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
  const [route, setRoute] = createSignal(readRoute());
  const listening = new AbortController();
  const read = () => setRoute(readRoute());
  for (const change of ["popstate", "hashchange", NAVIGATED]) {
    addEventListener(change, read, { signal: listening.signal });
  }
  onCleanup(() => listening.abort());
  return route;
}
