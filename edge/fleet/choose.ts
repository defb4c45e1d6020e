import type { NodeId, PlaceReason, RoomId } from "@tafelrunde/protocol";
import { isInside, type NodeAddress, type NodeState, type Residency } from "@tafelrunde/protocol/media";

/**
 * Cost of opening a room on one more node, in ms of round trip that a participant there must gain: every
 * visible track has to be piped to it. More than the 5 ms by which most round trips to German regions differ,
 * far less than anybody notices (ITU-T G.114: up to 150 ms one way). Source: bench:choose; with 5 ms, 70 % of
 * the traffic between nodes remains, with 7 ms 54 %, with 9 ms 33 %; each further ms is one that the
 * worst-off 5 % lose.
 */
export const OPEN_MS = 7;

/** Cost of leaving the current node, ms: half the difference between two measurements of one connection. */
export const STAY_MS = 3;

/** Share of capacity up to which a node's load does not count, so clients nearby use it. */
const EASY_LOAD = 0.6;

/**
 * Cost of a node at full capacity, ms: more than a round trip across Germany (about 16 ms), so that load
 * moves elsewhere before nodes are full.
 */
const LOAD_MS = 30;

/**
 * Added to the worst measured round trip for a node that a client could not measure although it measured
 * others, ms.
 */
const UNMEASURED_MS = 10;

/** Longest round trip that counts, ms; a client can make one up. */
const MAX_RTT_MS = 2_000;

/** A node as a choice for one participant of one room. */
export interface Candidate {
  readonly address: Pick<NodeAddress, "nodeId" | "region" | "jurisdiction">;
  readonly state: NodeState;
  /** The node was lost a short while ago and might be lost again: chosen only if there is no other. */
  readonly isResting: boolean;
  /** Share of capacity in use, 0 to 1. */
  readonly load: number;
  /** Participants of the room on this node. */
  readonly roomPeers: number;
}

/** What a participant needs a node for. */
export interface Need {
  readonly roomId: RoomId;
  readonly residency: Residency;
  /** Measured round trips of the client, ms. */
  readonly rttByNode: Readonly<Record<NodeId, number>>;
  /** The node of the participant's media, if it can stay there. */
  readonly current: NodeId | null;
}

/**
 * The node for a participant; undefined: none may or can take them. Minimises the sum of the round trip, the
 * load, and the cost of opening the room on one more node; docs/regions.md explains each. Ties go to the
 * highest hash of room and node: edges that choose at the same time agree, and rooms spread evenly.
 */
export function choose(need: Need, candidates: readonly Candidate[]): NodeId | undefined {
  const allowed = candidates.filter(({ address, state }) =>
    state === "up" && isInside(address, need.residency)
  );
  const rested = allowed.filter(({ isResting }) => !isResting);
  const eligible = rested.length > 0 ? rested : allowed;
  const hasRoom = candidates.some(({ roomPeers }) => roomPeers > 0);
  const unmeasuredMs = rttOfUnmeasured(need, candidates);
  let best: { readonly nodeId: NodeId; readonly costMs: number; readonly hash: number } | undefined;
  for (const { address: { nodeId }, load, roomPeers } of eligible) {
    const costMs = Math.min(need.rttByNode[nodeId] ?? unmeasuredMs, MAX_RTT_MS) +
      loadMs(load) +
      (hasRoom && roomPeers === 0 ? OPEN_MS : 0) -
      (need.current === nodeId ? STAY_MS : 0);
    const hash = fnv1a(`${need.roomId} ${nodeId}`);
    const isBetter = best === undefined || costMs < best.costMs || costMs === best.costMs && hash > best.hash;
    if (isBetter) best = { nodeId, costMs, hash };
  }
  return best?.nodeId;
}

/** The reason why `nodeId` was chosen from these. */
export function whyChosen(need: Need, candidates: readonly Candidate[], nodeId: NodeId): PlaceReason {
  const rttOf = (id: NodeId) => need.rttByNode[id] ?? Infinity;
  if (rttOf(nodeId) === Infinity) return "unmeasured";
  const nearer = candidates.filter(({ address }) => rttOf(address.nodeId) < rttOf(nodeId));
  if (nearer.length === 0) return "nearest";
  const isTogether = candidates.some(({ address, roomPeers }) => address.nodeId === nodeId && roomPeers > 0);
  return isTogether ? "together" : "load";
}

/** Grows with the square of the load beyond EASY_LOAD: gentle at first, steep near capacity. */
function loadMs(load: number): number {
  return LOAD_MS * (Math.max(0, Math.min(load, 1) - EASY_LOAD) / (1 - EASY_LOAD)) ** 2;
}

function rttOfUnmeasured({ rttByNode }: Need, candidates: readonly Candidate[]): number {
  const measured = candidates.flatMap(({ address: { nodeId } }) => rttByNode[nodeId] ?? []);
  return measured.length === 0 ? 0 : Math.max(...measured) + UNMEASURED_MS;
}

/** FNV-1a, 32 bits. Source: draft-eastlake-fnv, with its offset basis and prime. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
