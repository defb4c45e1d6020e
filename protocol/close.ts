/** What a client does after its signaling socket was closed. */
export type AfterClose =
  /** Reconnect with backoff, and resume. */
  | "comeBack"
  /** Stay disconnected: a new connection would be closed the same way. */
  | "stayAway"
  /** Reload the page: this client is older or newer than the server. */
  | "reload";

/**
 * Reasons for an edge to close a signaling socket. 1xxx are from RFC 6455 §7.4.1, 4xxx are ours. A code that
 * is not in this list (1006, a proxy's) means "comeBack".
 */
export const CLOSE = {
  /** The participant left, or their hello was refused with a reason. */
  normal: { code: 1000, after: "stayAway" },
  /** A message was larger than `MAX_MESSAGE_BYTES`. */
  tooBig: { code: 1009, after: "stayAway" },
  /** A bug of the server; the room restarts from its log. */
  internal: { code: 1011, after: "comeBack" },
  /** The edge is restarting. */
  restart: { code: 1012, after: "comeBack" },
  /** Not JSON, not text, an unknown type, a wrong shape, or a message that is not valid at this point. */
  malformed: { code: 4400, after: "stayAway" },
  /** The participant's account is no longer signed in. */
  signedOut: { code: 4401, after: "stayAway" },
  /** No such room, or the link does not open it. */
  roomUnknown: { code: 4404, after: "stayAway" },
  /** A moderator removed the participant. */
  removed: { code: 4403, after: "stayAway" },
  /** A moderator declined the waiting participant. */
  declined: { code: 4406, after: "stayAway" },
  /** No `hello` within 10 s, or nothing at all for 45 s. */
  silent: { code: 4408, after: "comeBack" },
  /** The same participant connected through a newer socket. */
  replaced: { code: 4409, after: "stayAway" },
  /** A moderator ended the meeting. */
  ended: { code: 4410, after: "stayAway" },
  /** The server does not speak the client's protocol version. */
  version: { code: 4426, after: "reload" },
  /** Too many sockets are open from this network address. */
  addressFull: { code: 4430, after: "comeBack" },
  /** The hello was refused temporarily: too many failed attempts, or too much load. */
  refusedForNow: { code: 4431, after: "comeBack" },
  /** The sender continued after many `message.tooFrequent`. */
  tooFrequent: { code: 4429, after: "stayAway" },
  /** The client reads too slowly: more bytes are queued for it than allowed. */
  slowReader: { code: 4503, after: "comeBack" },
} as const satisfies Record<string, { code: number; after: AfterClose }>;

export type CloseName = keyof typeof CLOSE;

/** Longest close reason, bytes. Source: RFC 6455 §5.5, 125 minus the code. */
const MAX_REASON_BYTES = 123;

/**
 * Reason text of a close: its name, and a detail made of our own words. At most 123 bytes; anything but
 * printable ASCII is dropped.
 */
export function closeReason(name: CloseName, detail = ""): string {
  return `${name}${detail && ": "}${detail}`.replaceAll(/[^ -~]/g, "").slice(0, MAX_REASON_BYTES);
}

/** What a client does after its socket was closed with `code`. */
export function afterClose(code: number): AfterClose {
  for (const { code: known, after } of Object.values(CLOSE)) if (known === code) return after;
  return "comeBack";
}
