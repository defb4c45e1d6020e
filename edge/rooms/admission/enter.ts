import type { RoomServices } from "../../context.ts";
import {
  type CloseName,
  devicesOfPerson,
  type DownOf,
  type EdgeId,
  isRefusal,
  type Lobby,
  may,
  moderates,
  NEWEST_CLIENT_VERSION,
  type NodeOption,
  OLDEST_VERSION,
  type ParticipantId,
  personsIn,
  PROTOCOL_VERSION,
  type Refusal,
  refuse,
  type RoomId,
  type RoomState,
} from "@tafelrunde/protocol";
import type { Hello } from "@tafelrunde/protocol/http";
import type { Fleet } from "../../fleet/fleet.ts";
import { takeFrames } from "../command_share.ts";
import { isHeldBack, tracksOf } from "../consequence.ts";
import type { JoinCommand } from "../decision.ts";
import { mustWait, refuseEntry, roleInMeeting } from "./rules.ts";
import { placeIn } from "../place.ts";
import { type Admission, authorize, type Client } from "./authorize.ts";
import { checkGate } from "./gate.ts";

/** Approximate size in the log of the events of one join and leave, bytes. */
export const JOIN_BYTES = 1_000;

/** A client whose `hello` was accepted; a socket or direct entry continues from here. */
export interface Entered {
  readonly admission: Admission;
  readonly hello: Hello;
  /** The client asked to join, or was inside already and resumes; otherwise it stays in the lobby. */
  readonly isWanted: boolean;
  /** The media transport that was created or found. */
  readonly peer: DownOf<"welcome">["peer"];
  readonly nodes: readonly NodeOption[];
  /** The tracks still published that this hello has ended; undefined: not inside, or the tracks continue. */
  readonly ended: DownOf<"welcome">["ended"];
  /** There is a media transport, and it may reveal who is in the room. */
  readonly isSighted: boolean;
}

/** What a link holder may know about a room. */
export function lobbyOf(state: RoomState): Lobby {
  const present = [...personsIn(state.participants).values()]
    .filter((devices) => devices.some(({ presence }) => presence === "here")).length;
  return { name: state.room.name, present };
}

/** What the client still needs in order to enter now. */
export function needsOf({ open: { room }, entrant, passwordHash, participantId }: Admission) {
  const isInside = room.state.participants[participantId] !== undefined;
  return { password: passwordHash !== null, admission: !isInside && mustWait(room.state, entrant) };
}

/**
 * Whether the client must not learn who is in the room: it is not inside, and something still keeps it from
 * entering.
 */
export function isKeptOut(admission: Admission): boolean {
  const standing = isIn(admission);
  if (standing !== undefined) return standing === "waiting";
  const needs = needsOf(admission);
  return needs.password || needs.admission ||
    refuseEntry(admission.open.room.state, admission.entrant) !== null;
}

/**
 * The join command for a client. Participants with an account use their account's name unless they may choose
 * one.
 */
export function joinOf(
  { entrant, accountName, fixedName, open: { room: { state } } }: Admission,
  { name: wished, replaces }: { readonly name: string; readonly replaces?: boolean | undefined },
): JoinCommand {
  const isFree = accountName === null ||
    (wished.trim() !== "" && may("rename", { role: roleInMeeting(state, entrant) }, state.room.settings));
  const name = fixedName ?? (isFree ? wished : accountName);
  return { type: "participant.join", name, ...replaces && { replaces }, ...entrant };
}

/**
 * Handles a `hello`, over a socket or by direct entry: checks version and credentials, joins or resumes if
 * asked, and finds or creates the media transport in parallel.
 */
export async function enter(
  services: RoomServices,
  hello: Hello,
  client: Client,
): Promise<Entered | Refusal | CloseName> {
  const { edgeId, fleet } = services;
  if (hello.version < OLDEST_VERSION || hello.version > NEWEST_CLIENT_VERSION) return "version";
  const admission = await authorize(services, hello, client);
  if (isRefusal(admission)) return admission.refused === "room.unknown" ? "roomUnknown" : admission;
  const { open: { room }, participantId } = admission;
  if (hello.since !== undefined) await room.reach(hello.since);
  const refusal = await refuseNow(admission);
  if (refusal) return refusal;
  const needs = needsOf(admission);

  const isInside = isIn(admission) !== undefined;
  const isResuming = hello.since !== undefined && isInside;
  const isWanted = hello.join !== undefined || isResuming;
  const growing = isInside ? "resume" : "join";
  const writer = { address: client.address, isGuest: admission.entrant.isGuest };
  const full = isWanted && services.stored.refuse(admission.open, writer, growing, JOIN_BYTES);
  if (isRefusal(full)) return full;
  const stopped = hello.join && await checkGate(services, admission, hello.join.password, client);
  if (isRefusal(stopped)) return stopped;
  const isTold = hello.join !== undefined && !isInside && !needs.admission &&
    !moderates(admission.entrant.role);
  const tooMany = isTold ? takeFrames({ room, client, services }) : undefined;
  if (tooMany !== undefined) return tooMany;
  const presence = hello.join !== undefined
    ? room.submit(joinOf(admission, hello.join), participantId, hello.join.id)
    : isResuming
    ? room.submit({ type: "participant.resume", participantId })
    : undefined;
  const isBlind = presence === undefined || needs.admission ? isKeptOut(admission) : false;
  const path = { live: isWanted && isIn(admission) === "joined", blind: isBlind };
  const [outcome, peer] = await Promise.all([presence, findPeer(fleet, hello, admission, path)]);
  if (isRefusal(outcome)) return dropPeer(services, admission, peer, outcome);
  if (isWanted && !await isTakenOver(admission, edgeId) && hello.join !== undefined) {
    return dropPeer(services, admission, peer, refuse("participant.hasLeft"));
  }
  // A resuming client publishes its tracks again under their old ids.
  const endsTracks = peer !== "kept" && hello.since === undefined;
  const ended = endsTracks ? endedOf(room.state, participantId) : undefined;
  if (endsTracks) await room.submit({ type: "track.dropAll", participantId });
  const nodes = await findNodes(fleet, hello.room);
  return { admission, hello, isWanted, peer, nodes, ended, isSighted: !isBlind && peer !== null };
}

/**
 * The last step of a `hello`, taken when the session starts. Reads the room's current state: starts media if
 * the client is inside, and closes a transport prepared for a participant who is not inside anymore.
 */
export function welcome(services: RoomServices, entered: Entered): DownOf<"welcome"> {
  const { edgeId, now, clusterVersion, fleet } = services;
  const { admission, hello, isWanted, nodes } = entered;
  const { open: { room }, participantId, entrant, accountName } = admission;
  const peerRef = { roomId: room.id, peerId: participantId };
  const place = isWanted ? placeIn(room.state, participantId, edgeId) : "lobby";
  if (place === "joined") fleet.startPeer(peerRef);
  const isLost = isWanted && place === "lobby" && entered.peer !== null;
  if (isLost) fleet.closePeer(peerRef);
  return {
    type: "welcome",
    version: Math.min(hello.version, PROTOCOL_VERSION),
    you: participantId,
    edgeId,
    lobby: lobbyOf(room.state),
    joined: place === "joined",
    waiting: place === "waiting",
    role: roleInMeeting(room.state, entrant),
    account: accountName,
    needs: needsOf(admission),
    elsewhere: devicesOfPerson(room.state.participants, entrant.persons[0]!)
      .filter(({ id }) => id !== participantId).length,
    clusterVersion: clusterVersion(),
    isLinkForAll: entered.admission.isLinkForAll,
    peer: isLost ? null : entered.peer,
    nodes: [...nodes],
    ...entered.ended && { ended: entered.ended },
    at: now(),
  };
}

/** Whether the client is in the room or waiting for it, on any edge. */
export function isIn(
  { open: { room: { state } }, participantId }: Admission,
): "joined" | "waiting" | undefined {
  if (state.participants[participantId] !== undefined) return "joined";
  return state.waiting[participantId] === undefined ? undefined : "waiting";
}

/**
 * Makes sure that a client that was admitted or came back is served by this edge; false: it has left. The
 * outcome of the join does not tell: a repeated join has no effect, wherever the participant is now.
 */
export async function isTakenOver(
  { open: { room }, participantId }: Admission,
  edgeId: EdgeId,
): Promise<boolean> {
  const present = room.state.participants[participantId] ?? room.state.waiting[participantId];
  if (present !== undefined && (present.edgeId !== edgeId || present.presence === "away")) {
    await room.submit({ type: "participant.resume", participantId });
  }
  return placeIn(room.state, participantId, edgeId) !== "lobby";
}

function dropPeer(
  { fleet }: RoomServices,
  { open: { room }, participantId }: Admission,
  peer: Entered["peer"],
  refusal: Refusal,
): Refusal {
  if (peer !== null) fleet.closePeer({ roomId: room.id, peerId: participantId });
  return refusal;
}

/**
 * The tracks that a `hello` without `since` ends, by source, and whether each was held back; undefined: not
 * inside.
 */
function endedOf(state: RoomState, participantId: ParticipantId): Entered["ended"] {
  if (state.participants[participantId] === undefined) return undefined;
  return Object.fromEntries(
    tracksOf(state, participantId).map((track) => [track.source, isHeldBack(track) !== false]),
  );
}

/**
 * Why a client may neither enter nor wait; null: it may. Never refuses before this edge has caught up with
 * the log.
 */
export async function refuseNow({ open: { room }, entrant }: Admission): Promise<Refusal | null> {
  if (refuseEntry(room.state, entrant) === null) return null;
  await room.reach(room.state.seq + 1);
  return refuseEntry(room.state, entrant);
}

/**
 * Finds or creates the media transport asked for. It is live at once only for a client already in the room;
 * for a joining client it starts once the join is stored.
 */
async function findPeer(
  fleet: Fleet,
  hello: Hello,
  admission: Admission,
  { live, blind }: { readonly live: boolean; readonly blind: boolean },
): Promise<Entered["peer"]> {
  const peer = { roomId: hello.room, peerId: admission.participantId };
  const { onNode, onPath, rttByNode } = hello;
  if (hello.peer === "none") return null;
  if (hello.peer === "keep") {
    // An existing transport may reveal participants, so a client that must not see them cannot keep it.
    if (blind) fleet.closePeer(peer);
    return !blind && await fleet.adoptPeer(peer, { nodeId: null, sendId: null, live }) ? "kept" : null;
  }
  const need = { offer: hello.peer, blind, share: admission.share };
  if (onNode !== undefined && !blind) {
    const known = { nodeId: onNode, sendId: onPath ?? null, live };
    if (await fleet.adoptPeer(peer, { ...known, need, rttByNode })) return "kept";
  }
  return await fleet.openPeer(peer, { ...need, live }, rttByNode);
}

async function findNodes(fleet: Fleet, roomId: RoomId): Promise<NodeOption[]> {
  const profiles = await fleet.profilesFor(roomId);
  return profiles.map(({ address: { nodeId, region }, probeUrl }) => ({ nodeId, region, probeUrl }));
}
