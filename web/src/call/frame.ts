import { type Down, type Event, ProtocolFault, type Skipped } from "@tafelrunde/protocol";

/** For each message type of an edge: whether it is a stored event, and its required fields. */
const SHAPES: { readonly [Type in Down["type"]]: readonly (keyof Extract<Down, { type: Type }>)[] } = {
  welcome: [
    "you",
    "lobby",
    "joined",
    "waiting",
    "role",
    "account",
    "needs",
    "clusterVersion",
    "isLinkForAll",
    "peer",
    "nodes",
  ],
  cluster: ["clusterVersion"],
  lobby: ["lobby"],
  snapshot: ["state"],
  waiting: [],
  declined: ["text"],
  skipped: ["seq"],
  "chat.page": ["cause", "messages", "older"],
  reaction: ["participantId", "reaction"],
  done: ["cause"],
  refused: ["cause", "code"],
  moving: ["withinMs"],
  pong: ["n"],
  "peer.opened": ["answer"],
  "peer.moved": ["answer"],
  "peer.closed": ["retryAfterMs"],
  "media.interrupted": ["trackIds"],
  "consumers.opened": ["path", "consumers"],
  "consumers.closed": ["path", "trackIds"],
  "transport.restarted": ["path", "direction", "iceParameters"],
  "peer.checked": ["sentBytes"],
  speakers: ["speakers"],
  "track.demand": ["trackId", "layer"],
  "room.created": ["seq", "name"],
  "room.changed": ["seq"],
  "room.ended": ["seq"],
  "participant.joined": ["seq", "participantId", "name", "edgeId", "role", "isGuest", "persons"],
  "participant.away": ["seq", "participantId"],
  "participant.returned": ["seq", "participantId", "edgeId"],
  "participant.renamed": ["seq", "participantId", "name"],
  "participant.left": ["seq", "participantId", "reason"],
  "participant.gone": ["seq", "participantId"],
  "waiting.entered": ["seq", "participantId", "name", "edgeId", "role", "isGuest", "persons"],
  "waiting.away": ["seq", "participantId"],
  "waiting.returned": ["seq", "participantId", "edgeId"],
  "waiting.left": ["seq", "participantId", "reason"],
  "role.changed": ["seq", "participantId", "role"],
  "hand.raised": ["seq", "participantId"],
  "hand.lowered": ["seq", "participantId"],
  "chat.posted": ["seq", "participantId", "name", "text"],
  "chat.deleted": ["seq", "messageSeq"],
  "track.published": ["seq", "trackId", "participantId", "source", "muted"],
  "track.stopping": ["seq", "trackId", "ends"],
  "track.muted": ["seq", "trackId"],
  "track.unmuted": ["seq", "trackId"],
  "track.unpublished": ["seq", "trackId"],
};

/**
 * Parses a message of the edge and checks that its fields exist. Of a newer release's types, an event counts
 * as skipped and anything else is undefined. The protocol's own `parseDown` also checks the fields' values,
 * but weighs 5 kB, a sixth of the lobby; an edge has checked what it sends. Throws ProtocolFault.
 */
export function parseFrame(data: unknown): Down | undefined {
  let message: Record<string, unknown> & { type?: unknown; seq?: unknown };
  try {
    message = JSON.parse(typeof data === "string" ? data : "");
  } catch (cause) {
    throw new ProtocolFault("not JSON", { cause });
  }
  if (typeof message?.type !== "string") throw new ProtocolFault("no type");
  if (!Object.hasOwn(SHAPES, message.type)) {
    return typeof message.seq === "number" ? { type: "skipped", seq: message.seq } : undefined;
  }
  const shape = SHAPES[message.type as Down["type"]];
  const missing = shape.find((field) => message[field] === undefined);
  if (missing !== undefined) throw new ProtocolFault(`${message.type}: no ${missing}`);
  return message as unknown as Down;
}

/** Whether a message is a stored event, or stands for one. */
export function isEvent(message: Down): message is Event | Skipped {
  return "seq" in message;
}
