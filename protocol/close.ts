/** What a client does after its signaling socket was closed. */
export type AfterClose =
  /** Connect again, with backoff, and resume. */
  | "comeBack"
  /** Stay away: coming back would end the same way. */
  | "stayAway"
  /** Load the page anew: this client is older or newer than the server. */
  | "reload";

/**
 * Why an edge closes a signaling socket. 1xxx are RFC 6455 §7.4.1, 4xxx are ours.
 * A code that is not in this list (1006, a proxy's) means "comeBack".
 */
export const CLOSE = {
  /** The person left, or their hello was refused by name. */
  normal: { code: 1000, after: "stayAway" },
  /** A message was larger than `MAX_MESSAGE_BYTES`. */
  tooBig: { code: 1009, after: "stayAway" },
  /** Our bug; the room starts again from its log. */
  internal: { code: 1011, after: "comeBack" },
  /** The edge is being restarted. */
  restart: { code: 1012, after: "comeBack" },
  /** Not JSON, not text, an unknown type, a wrong shape, or a message where it makes no sense. */
  malformed: { code: 4400, after: "stayAway" },
  /** The account that the person came with is not signed in any more. */
  signedOut: { code: 4401, after: "stayAway" },
  /** No such room, or the link does not open it. */
  roomUnknown: { code: 4404, after: "stayAway" },
  /** A moderator removed the person. */
  removed: { code: 4403, after: "stayAway" },
  /** A moderator did not let the person in. */
  declined: { code: 4406, after: "stayAway" },
  /** No `hello` within 10 s, or nothing at all for 45 s. */
  silent: { code: 4408, after: "comeBack" },
  /** The same person is connected through a newer socket. */
  replaced: { code: 4409, after: "stayAway" },
  /** A moderator has ended the meeting. */
  ended: { code: 4410, after: "stayAway" },
  /** The protocol version is not spoken here. */
  version: { code: 4426, after: "reload" },
  /** Too many sockets are open from this network address. */
  addressFull: { code: 4430, after: "comeBack" },
  /** The hello was refused for now: too many wrong tries, or too much to do. */
  refusedForNow: { code: 4431, after: "comeBack" },
  /** The sender went on after many `message.tooFrequent`. */
  tooFrequent: { code: 4429, after: "stayAway" },
  /** The reader is too slow: more than the allowed bytes are waiting for it. */
  slowReader: { code: 4503, after: "comeBack" },
} as const satisfies Record<string, { code: number; after: AfterClose }>;

export type CloseName = keyof typeof CLOSE;

/** Longest reason of a close, bytes. Source: RFC 6455 §5.5, 125 less the code. */
const MAX_REASON_BYTES = 123;

/** What is said with a close: its name, and a detail made of our own words. At most 123 bytes; what is not printable ASCII is left out. */
export function closeReason(name: CloseName, detail = ""): string {
  return `${name}${detail && ": "}${detail}`.replaceAll(/[^ -~]/g, "").slice(0, MAX_REASON_BYTES);
}

/** What to do after a socket was closed with `code`. */
export function afterClose(code: number): AfterClose {
  for (const { code: known, after } of Object.values(CLOSE)) if (known === code) return after;
  return "comeBack";
}
