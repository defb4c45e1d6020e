/** A room's name and a link's secret, as protocol/ids.ts has them: its schemas would bring valibot into the lobby, 4 kB of it. */
export const ROOM_ID = /[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}/;
export const LINK_SECRET = /[A-Za-z0-9_-]{22}/;

/** Longest query that a link may have between its room and its secret, characters: the search for one must not go on to the end of a text. */
const MAX_QUERY = 200;

/** What may follow a link that stands in a sentence or a mail, bare or as an address has it ("%3E"). */
const AFTER = "(?![-_]*[A-Za-z0-9])";

const LINK = new RegExp(
  `(?<room>${ROOM_ID.source})/?(?:\\?[^\\s#]{0,${MAX_QUERY}})?#(?<secret>${LINK_SECRET.source})${AFTER}`,
  "i",
);
const ROOM = new RegExp(`(?:^|[^a-z0-9-])(?<room>${ROOM_ID.source})(?![a-z0-9-])`, "i");

/** "#" as mail programs and chats leave it, once or twice encoded, or as a Chinese or Japanese keyboard writes it. */
const ENCODED_HASH = /%(?:25)*23|\uff03|%EF%BC%83/i;

/** Dashes and other hyphens that word processors put in place of "-", bare or as an address has them. */
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]|%E2%80%9[0-5]|%E2%88%92/gi;

export interface FoundLink {
  /** Where the room's name begins, in the text as it came. */
  readonly index: number;
  readonly roomId: string;
  /** "": the secret is missing. */
  readonly link: string;
}

/**
 * Finds a room's link in `text`: an address, or anything with one in it, as mails leave it: "%23" for "#", "." or ")" or ">"
 * behind it, the room's name in capitals or with dashes. Undefined: there is none.
 */
export function findRoomLink(text: string): FoundLink | undefined {
  const hyphened = text.replaceAll(DASHES, "-");
  const plain = hyphened.includes("#") ? hyphened : hyphened.replace(ENCODED_HASH, "#");
  const link = LINK.exec(plain);
  if (link?.groups !== undefined) {
    const { room, secret } = link.groups;
    return { index: link.index, roomId: room!.toLowerCase(), link: secret! };
  }
  const room = ROOM.exec(plain);
  if (room?.groups === undefined) return undefined;
  const found = room.groups["room"]!;
  return { index: room.index + room[0].length - found.length, roomId: found.toLowerCase(), link: "" };
}
