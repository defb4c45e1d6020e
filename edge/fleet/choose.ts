import type { NodeId, RoomId } from "@tafelrunde/protocol";

/**
 * A node for a room, among those that answer: the one with the highest hash of both ids (rendezvous hashing), so that edges that look at the
 * same time mostly agree already, and rooms spread evenly. Undefined: there is none.
 */
export function chooseNode(roomId: RoomId, nodes: readonly NodeId[]): NodeId | undefined {
  let best: NodeId | undefined;
  let bestScore = -1;
  for (const node of nodes) {
    const score = fnv1a(`${roomId} ${node}`);
    if (score > bestScore) {
      best = node;
      bestScore = score;
    }
  }
  return best;
}

/** FNV-1a, 32 bits. Source: draft-eastlake-fnv, with its offset basis and prime. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
