import type { RoomId } from "@tafelrunde/protocol";

/**
 * The node of a room, among those that answer: the one with the highest hash of both names (rendezvous hashing), so that all edges agree
 * without a word, and a node that goes moves only its own rooms. Undefined: there is none.
 */
export function chooseNode<Node extends { readonly url: string }>(
  roomId: RoomId,
  nodes: readonly Node[],
): Node | undefined {
  let best: Node | undefined;
  let bestScore = -1;
  for (const node of nodes) {
    const score = fnv1a(`${roomId} ${node.url}`);
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
