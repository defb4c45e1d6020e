import { findRoomLink } from "../ui/room_link.ts";

/** The parsed input of the meeting link field. */
export type MeetingLink =
  | { readonly found: "link"; readonly roomId: string; readonly link: string }
  /** A complete link to another server. */
  | { readonly found: "otherServer"; readonly host: string; readonly url: string }
  /** A room's name without the secret after "#". */
  | { readonly found: "noSecret" }
  | { readonly found: "notALink" }
  | { readonly found: "empty" };

const ORIGIN = /(https?:\/\/[^\s/]+)\/+r\/+$/i;

/**
 * Finds a meeting link in `text`: bare, shortened to its end, or in the middle of an invitation. `origin` is
 * this site's ("https://meet.example.org").
 */
export function findMeetingLink(text: string, origin: string): MeetingLink {
  if (text.trim() === "") return { found: "empty" };
  const link = findRoomLink(text);
  if (link === undefined) return { found: "notALink" };
  if (link.link === "") return { found: "noSecret" };
  const { roomId } = link;
  const linkOrigin = ORIGIN.exec(text.slice(0, link.index))?.[1];
  if (linkOrigin !== undefined && linkOrigin.toLowerCase() !== origin) {
    const host = hostOf(linkOrigin);
    if (host === undefined) return { found: "notALink" };
    return { found: "otherServer", host, url: `${linkOrigin}/r/${roomId}#${link.link}` };
  }
  return { found: "link", roomId, link: link.link };
}

/** The host of a possible origin; undefined: invalid ("https://a|b"). */
function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
