import { LINK_SECRET, ROOM_ID } from "../ui/route.ts";

/** What someone put into the field for a meeting link. */
export type MeetingLink =
  | { readonly found: "link"; readonly roomId: string; readonly link: string }
  /** A whole link, of another server. */
  | { readonly found: "otherServer"; readonly host: string; readonly url: string }
  /** A room's name without the secret after "#". */
  | { readonly found: "noSecret" }
  | { readonly found: "notALink" }
  | { readonly found: "empty" };

const ROOM = new RegExp(`(?<![a-z0-9-])${ROOM_ID.source}(?![a-z0-9-])`);

/** Longest query that a link may have between its room and its secret, characters: the search for one must not go on to the end of a text. */
const MAX_QUERY = 200;

const LINK = new RegExp(
  `(?<room>${ROOM_ID.source})/?(?:\\?[^\\s#]{0,${MAX_QUERY}})?#(?<secret>${LINK_SECRET.source})(?![A-Za-z0-9_-])`,
);
const ORIGIN = /(https?:\/\/[^\s/]+)\/r\/$/i;

/**
 * Finds a meeting link in `text`: bare, shortened to its end, or in the middle of an invitation. `origin` is this site's
 * ("https://meet.example.org").
 */
export function findMeetingLink(text: string, origin: string): MeetingLink {
  if (text.trim() === "") return { found: "empty" };
  const match = LINK.exec(text);
  if (match === null) return ROOM.test(text) ? { found: "noSecret" } : { found: "notALink" };
  const { room: roomId, secret: link } = match.groups as { room: string; secret: string };
  const linkOrigin = ORIGIN.exec(text.slice(0, match.index))?.[1];
  if (linkOrigin !== undefined && linkOrigin.toLowerCase() !== origin) {
    return { found: "otherServer", host: new URL(linkOrigin).host, url: `${linkOrigin}/r/${roomId}#${link}` };
  }
  return { found: "link", roomId, link };
}
