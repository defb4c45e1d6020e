import {
  type CloseName,
  type DownOf,
  isRefusal,
  type Lobby,
  type NodeOption,
  OLDEST_VERSION,
  type ParticipantId,
  PROTOCOL_VERSION,
  type Refusal,
  refuse,
  type RoomId,
  type RoomState,
} from "@tafelrunde/protocol";
import type { Hello } from "@tafelrunde/protocol/http";
import type { Identity } from "../device.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { hashSecret } from "../identity/secret.ts";
import type { Limits } from "../limits.ts";
import { findLink } from "../store/link.ts";
import type { RoomContext } from "./room.ts";
import type { OpenRoom, Rooms } from "./rooms.ts";
import type { Session } from "./session.ts";

/** Protocol version from which on clients publish a track again under its id when their media has moved. */
export const REPUBLISH_SINCE = 3;

/** What entering needs of the edge. */
export interface Reception {
  readonly context: RoomContext;
  readonly rooms: Rooms<Session>;
  readonly fleet: Fleet;
  readonly limits: Limits;
  readonly identity: Identity;
}

/** Someone who said hello and may stay, as a socket or the direct way carries on. */
export interface Entered {
  readonly open: OpenRoom<Session>;
  readonly participantId: ParticipantId;
  readonly welcome: DownOf<"welcome">;
}

/** What a link holder may know of a room. */
export function lobbyOf(state: RoomState): Lobby {
  const present =
    Object.values(state.participants).filter((participant) => participant.presence === "here").length;
  return { name: state.room.name, present };
}

/** Who stands at the door, as the connection knows it. */
export interface Visitor {
  /** The secret of their device cookie. */
  readonly device: string;
  /** Their network address, for limits. */
  readonly address: string;
}

/** The room of `id`, if `link` opens it. A wrong link and a wrong room look the same; who tries many has to wait. */
export async function openByLink(
  { rooms, limits, context: { db, now } }: Reception,
  id: Hello["room"],
  link: string,
  address: string,
): Promise<OpenRoom<Session> | Refusal> {
  const spent = await limits.look("link.wrong", address);
  if (spent !== undefined) return spent;
  const [open, found] = await Promise.all([
    rooms.open(id),
    hashSecret(link).then((hash) => findLink(db, id, hash, now())),
  ]);
  if (open !== undefined && found !== undefined) return open;
  await limits.take("link.wrong", address);
  return refuse("room.unknown");
}

/**
 * Answers a `hello`, whether it came over a socket or the direct way: checks version and link, joins or resumes if asked, and finds or makes
 * the media path beside it.
 */
export async function enter(
  reception: Reception,
  hello: Hello,
  { device, address }: Visitor,
): Promise<Entered | Refusal | CloseName> {
  const { context, fleet } = reception;
  if (hello.version < OLDEST_VERSION || hello.version > PROTOCOL_VERSION) return "version";
  const open = await openByLink(reception, hello.room, hello.link, address);
  if (isRefusal(open)) return open.refused === "room.unknown" ? "roomUnknown" : open;
  const participantId = await reception.identity(device, hello.room, hello.tab);
  const { room } = open;
  if (hello.since !== undefined) await room.reach(hello.since);

  const resumes = hello.since !== undefined && room.state.participants[participantId] !== undefined;
  const live = hello.join !== undefined || resumes;
  const presence = hello.join !== undefined
    ? room.submit({ type: "participant.join", name: hello.join.name }, participantId, hello.join.id)
    : resumes
    ? room.submit({ type: "participant.resume", participantId })
    : Promise.resolve("done" as const);
  const [outcome, peer] = await Promise.all([presence, findPeer(fleet, hello, participantId, live)]);
  if (isRefusal(outcome)) {
    fleet.closePeer({ roomId: hello.room, peerId: participantId });
    return outcome;
  }
  // Who resumes publishes their tracks again under the ids that they have.
  if (peer !== "kept" && (hello.since === undefined || hello.version < REPUBLISH_SINCE)) {
    await room.submit({ type: "track.dropAll", participantId });
  }

  const joined = live && room.state.participants[participantId] !== undefined;
  const { edgeId, now } = context;
  const version = Math.min(hello.version, PROTOCOL_VERSION);
  const welcome = {
    type: "welcome",
    version,
    you: participantId,
    edgeId,
    lobby: lobbyOf(room.state),
    joined,
    peer,
    ...hello.version >= REPUBLISH_SINCE && { nodes: await findNodes(fleet, hello.room) },
    at: now(),
  } as const;
  return { open, participantId, welcome };
}

async function findPeer(
  fleet: Fleet,
  hello: Hello,
  peerId: ParticipantId,
  live: boolean,
): Promise<DownOf<"welcome">["peer"]> {
  const peer = { roomId: hello.room, peerId };
  const { onNode, rttByNode } = hello;
  if (hello.peer === "none") return null;
  if (hello.peer === "keep") return await fleet.adoptPeer(peer, { nodeId: null }) ? "kept" : null;
  const need = { offer: hello.peer, live, blind: false };
  if (onNode !== undefined && await fleet.adoptPeer(peer, { nodeId: onNode, need, rttByNode })) return "kept";
  return await fleet.openPeer(peer, need, rttByNode);
}

async function findNodes(fleet: Fleet, roomId: RoomId): Promise<NodeOption[]> {
  const profiles = await fleet.profilesFor(roomId);
  return profiles.map(({ address: { nodeId, region }, probeUrl }) => ({ nodeId, region, probeUrl }));
}
