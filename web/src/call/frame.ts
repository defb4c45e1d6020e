import type { Down, Event, FeatureDown, FeatureEvent, Skipped } from "@tafelrunde/protocol";
import { ProtocolFault } from "@tafelrunde/protocol/client";

/** A message of admission and media. */
type CoreDown = Exclude<Down, FeatureDown | FeatureEvent>;

/** The required fields of the messages of admission and media, by type. */
const SHAPES: { readonly [Type in CoreDown["type"]]: readonly (keyof Extract<CoreDown, { type: Type }>)[] } =
  {
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
    slices: ["seq", "slices"],
    waiting: [],
    declined: ["text"],
    skipped: ["seq"],
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
    "space.opened": ["seq", "spaces"],
    "space.moved": ["seq", "participantIds", "spaceId"],
    "space.closed": ["seq", "spaceIds"],
    "track.narrowed": ["seq", "trackId"],
    "track.addressed": ["seq", "trackId", "participantId", "participantIds"],
    "track.widened": ["seq", "trackId"],
    "track.published": ["seq", "trackId", "participantId", "source", "muted"],
    "track.stopping": ["seq", "trackId", "ends"],
    "track.muted": ["seq", "trackId"],
    "track.unmuted": ["seq", "trackId"],
    "track.unpublished": ["seq", "trackId"],
  };

/** The fields of every event. */
const ENVELOPE = ["seq", "at", "actor", "cause"];

/**
 * Parses a message of the edge. The fields of a message of admission and media exist; all others belong to a
 * feature, or to a newer release. The protocol's own `parseDown` also checks the fields' values, but weighs 5
 * kB, a sixth of the lobby; an edge has checked what it sends. Throws ProtocolFault.
 */
export function parseFrame(data: unknown): Down {
  let message: Record<string, unknown> & { type?: unknown; seq?: unknown };
  try {
    message = JSON.parse(typeof data === "string" ? data : "");
  } catch (cause) {
    throw new ProtocolFault("not JSON", { cause });
  }
  if (typeof message?.type !== "string") throw new ProtocolFault("no type");
  const isOther = !Object.hasOwn(SHAPES, message.type);
  const shape = isOther ? "seq" in message ? ENVELOPE : [] : SHAPES[message.type as CoreDown["type"]];
  const missing = shape.find((field) => message[field] === undefined);
  if (missing !== undefined) throw new ProtocolFault(`${message.type}: no ${missing}`);
  return message as unknown as Down;
}

/** Whether a message is a stored event, or stands for one. */
export function isEvent(message: Down): message is Event | Skipped {
  return "seq" in message;
}

/** Whether a message belongs to admission and media; all others are for features. */
export function isOfCore(
  message: Exclude<Down, Event | Skipped>,
): message is Exclude<CoreDown, Event | Skipped> {
  return Object.hasOwn(SHAPES, message.type);
}
