import { LinkSecret, RoomId } from "@tafelrunde/protocol";
import { createSignal, onCleanup } from "solid-js";
import * as v from "valibot";

/** Which page an address means. */
export type Route =
  | { readonly page: "home" }
  | RoomRoute
  /** A room's address with a name or a secret that cannot be one. */
  | { readonly page: "badLink" }
  | { readonly page: "notFound" };

export interface RoomRoute {
  readonly page: "room";
  readonly roomId: RoomId;
  readonly link: LinkSecret;
}

/** Reads an address: `/` or `/r/{room}#{link}`. */
export function parseRoute(url: URL): Route {
  if (url.pathname === "/" || url.pathname === "/index.html") return { page: "home" };
  const name = /^\/r\/([^/]+)\/?$/.exec(url.pathname)?.[1];
  if (name === undefined) {
    return { page: url.pathname === "/r" || url.pathname === "/r/" ? "badLink" : "notFound" };
  }
  const roomId = v.safeParse(RoomId, name);
  const link = v.safeParse(LinkSecret, url.hash.slice(1));
  if (!roomId.success || !link.success) return { page: "badLink" };
  return { page: "room", roomId: roomId.output, link: link.output };
}

/** Path and fragment of a room's link, without the origin. */
export function roomPath(roomId: string, link: string): string {
  return `/r/${roomId}#${link}`;
}

const NAVIGATED = "tafelrunde:navigated";

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
