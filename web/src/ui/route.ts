import type { LinkSecret, RoomId } from "@tafelrunde/protocol";
import { isDashboardPath, ROOM_PATH } from "@tafelrunde/protocol/client";
import { createSignal, onCleanup } from "solid-js";
import { findRoomLink } from "./room_link.ts";

/** The page of an address. */
export type Route =
  | { readonly page: "home" }
  | RoomRoute
  /**
   * A page for people with an account, or one that leads there: dashboard/dashboard_route.ts parses the rest.
   */
  | { readonly page: "dashboard" }
  /** A room's address with an invalid name or secret. */
  | { readonly page: "badLink" }
  | { readonly page: "notFound" };

export interface RoomRoute {
  readonly page: "room";
  readonly roomId: RoomId;
  /** "": none, for signed-in people with a role in the room. */
  readonly link: LinkSecret | "";
}

/** The part after a room's name in an address: nothing, or the rest of a sentence or a mail. */
const BARE_END = /^\/?(?:[.,;:!?)\]}>'"*_]|%[0-9A-F]{2})*$/i;

/**
 * Parses an address: `/`, `/r/{room}#{link}`, `/r/{room}` or one of the dashboard's. A room's address is
 * parsed as mails leave it.
 */
export function parseRoute(url: URL): Route {
  if (url.pathname === "/" || url.pathname === "/index.html") return { page: "home" };
  if (isDashboardPath(url.pathname.split("/", 2)[1]!)) return { page: "dashboard" };
  const ahead = ROOM_PATH.exec(url.pathname)?.[0];
  if (ahead === undefined) return { page: "notFound" };
  const found = findRoomLink(url.pathname + url.search + url.hash);
  if (found?.index !== ahead.length) return { page: "badLink" };
  const roomId = found.roomId as RoomId;
  if (found.link !== "") return { page: "room", roomId, link: found.link as LinkSecret };
  const isBare = url.hash === "" && BARE_END.test(url.pathname.slice(found.end));
  return isBare ? { page: "room", roomId, link: "" } : { page: "badLink" };
}

/** Parses the page's own address, and corrects a recognisable but malformed one: people copy it. */
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

/** The window event for it. */
export const NAVIGATED = "tafelrunde:navigated";

/** Goes to another page of this site without reloading. */
export function navigate(path: string): void {
  history.pushState(null, "", path);
  dispatchEvent(new Event(NAVIGATED));
  scrollTo(0, 0);
}

/** The page for the current address. Follows back, forward, an edited fragment and `navigate`. */
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
