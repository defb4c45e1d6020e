/**
 * A room's name and a link's secret, as in protocol/ids.ts: its schemas would load valibot in the lobby, 4 kB
 * of it.
 */
export const ROOM_ID = /[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}/;
export const LINK_SECRET = /[A-Za-z0-9_-]{22}/;

/**
 * Longest query between a link's room and its secret, characters: the search must not go on to the end of a
 * text.
 */
const MAX_QUERY = 200;

/** A character as mail programs and chats leave it: bare, or encoded once or twice. */
const encoded = (hex: string, ...bare: readonly string[]) => `(?:${[...bare, `%(?:25)*${hex}`].join("|")})`;
/** "-", or a dash or another hyphen that word processors insert instead, bare or URL-encoded. */
const HYPHEN = encoded("2D", "[-\\u2010-\\u2015\\u2212\\ufe58\\ufe63\\uff0d]", "%E2%80%9[0-5]", "%E2%88%92");
const HYPHENS = new RegExp(HYPHEN, "gi");
/** "#", or the character that a Chinese or Japanese keyboard types for it. */
const HASH = encoded("23", "[#\\uff03]", "%EF%BC%83");
const LOW_LINE = encoded("5F", "_");

const ROOM_AS_LEFT = ROOM_ID.source.replaceAll("}-", `}${HYPHEN}`);
const SECRET_AS_LEFT = `(?:${LINK_SECRET.source.replace("_-]", `]|${LOW_LINE}|${HYPHEN})`)}`;
const LINK = new RegExp(
  `(?<room>${ROOM_AS_LEFT})${encoded("2F", "/")}*(?:${
    encoded("3F", "\\?")
  }[^\\s#]{0,${MAX_QUERY}}?)?${HASH}` +
    // What can follow a link in a sentence or a mail, bare or URL-encoded ("%3E").
    `(?<secret>${SECRET_AS_LEFT})(?!(?:${LOW_LINE}|${HYPHEN})*[a-z0-9])`,
  "i",
);
const ROOM = new RegExp(`(?<![a-z0-9]|${HYPHEN})(?<room>${ROOM_AS_LEFT})(?![a-z0-9]|${HYPHEN})`, "i");

export interface FoundLink {
  /** Start and end of the room's name in the original text. */
  readonly index: number;
  readonly end: number;
  readonly roomId: string;
  /** "": the secret is missing. */
  readonly link: string;
}

/**
 * Finds a room's link in `text`: an address, or text around one, as mails leave it: "%23" for "#", "." or ")"
 * or ">" after it, the room's name in capitals or with dashes. Undefined: none.
 */
export function findRoomLink(text: string): FoundLink | undefined {
  const found = LINK.exec(text) ?? ROOM.exec(text);
  if (found === null) return undefined;
  const { room = "", secret = "" } = found.groups!;
  return {
    index: found.index,
    end: found.index + room.length,
    roomId: room.replaceAll(HYPHENS, "-").toLowerCase(),
    link: secret.replaceAll(HYPHENS, "-").replaceAll(/%(?:25)*5F/gi, "_"),
  };
}
