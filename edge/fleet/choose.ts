import type { NodeId, PlaceReason, RoomId } from "@tafelrunde/protocol";
import { isInside, type NodeAddress, type NodeState, type Residency } from "@tafelrunde/protocol/media";

/**
 * What putting a room on one more node costs, in ms of round trip that somebody there would have to gain: every track that is seen has to be
 * piped to it. More than the 5 ms by which most round trips to German regions differ, far less than anybody notices (ITU-T G.114: up to
 * 150 ms one way). Source: bench:choose; with 5 ms 70 % of the traffic between nodes remains, with 7 ms 54 %, with 9 ms 33 %, and each
 * ms more is one that the 5 % who are worst off lose.
 */
export const OPEN_MS = 7;

/** What leaving a node costs a person whose path is chosen anew, ms: half of what two measurements of one path differ by. */
export const STAY_MS = 3;

/** Up to this share of its capacity a node's load does not matter: people near it come to it. */
const EASY_LOAD = 0.6;

/** What a node at its capacity costs, ms: more than the way across Germany (about 16 ms), so that load goes elsewhere before nodes are full. */
const LOAD_MS = 30;

/** What is assumed of a node that somebody could not measure when they could measure others: no better than the worst of those, and this, ms. */
const UNMEASURED_MS = 10;

/** A round trip beyond this says nothing more, ms; nor does one that a client makes up. */
const MAX_RTT_MS = 2_000;

/** A node as it counts for one person of one room. */
export interface Candidate {
  readonly address: Pick<NodeAddress, "nodeId" | "region" | "jurisdiction">;
  readonly state: NodeState;
  /** It was lost a short while ago and may be again: taken only where there is no other. */
  readonly isResting: boolean;
  /** Share of its capacity in use, 0 to 1. */
  readonly load: number;
  /** People of the room who are on it. */
  readonly roomPeers: number;
}

/** Who needs a node, and what for. */
export interface Need {
  readonly roomId: RoomId;
  readonly residency: Residency;
  /** The person's round trips, ms, as far as measured. */
  readonly rttByNode: Readonly<Record<NodeId, number>>;
  /** Where the person is now, if they could stay there. */
  readonly current: NodeId | null;
}

/**
 * The node for a person; undefined: none may or can take them. The least sum of what they feel (round trip), what others feel (load) and what
 * it costs (opening the room on one more node); docs/regions.md explains each. Among equals, the one with the highest hash of room and
 * node: edges that choose at the same time agree, and rooms spread evenly.
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

/** Why `nodeId` was chosen from these. */
export function whyChosen(need: Need, candidates: readonly Candidate[], nodeId: NodeId): PlaceReason {
  const rttOf = (id: NodeId) => need.rttByNode[id] ?? Infinity;
  if (rttOf(nodeId) === Infinity) return "unmeasured";
  const nearer = candidates.filter(({ address }) => rttOf(address.nodeId) < rttOf(nodeId));
  if (nearer.length === 0) return "nearest";
  const isTogether = candidates.some(({ address, roomPeers }) => address.nodeId === nodeId && roomPeers > 0);
  return isTogether ? "together" : "load";
}

/** Grows with the square of what is in use beyond EASY_LOAD: gentle at first, steep before the end. */
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
