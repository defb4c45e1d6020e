import type { NodeId, RoomId } from "@tafelrunde/protocol";
import { ANYWHERE } from "@tafelrunde/protocol/media";
import { choose } from "../../edge/fleet/choose.ts";
import type { Random } from "./random.ts";
import type { Look, Rule } from "./simulation.ts";

const idOf = (index: number) => `node-${index}` as NodeId;

/** The product's rule. */
export const ours: Rule = ({ room, nodes }) => {
  const chosen = choose(
    {
      roomId: room as RoomId,
      residency: ANYWHERE,
      rttByNode: Object.fromEntries(nodes.map(({ rttMs }, index) => [idOf(index), rttMs])),
      current: null,
    },
    nodes.map(({ load, isOpen, roomPeople }, index) => ({
      address: { nodeId: idOf(index), region: null, jurisdiction: null },
      state: isOpen ? "up" : "full",
      isResting: false,
      load,
      roomPeers: roomPeople,
    })),
  );
  return nodes.findIndex((_, index) => idOf(index) === chosen);
};

/** Everyone on the nearest open node. */
export const nearestOnly: Rule = ({ nodes }) =>
  openOf(nodes).reduce((best, index) => nodes[index]!.rttMs < nodes[best]!.rttMs ? index : best);

/**
 * The whole room on the node nearest to its first participant, as with one node per room (LiveKit's open
 * server).
 */
export const oneNodePerRoom: Rule = (look) => {
  const home = openOf(look.nodes).find((index) => look.nodes[index]!.roomPeople > 0);
  return home ?? nearestOnly(look);
};

/** Any open node. */
export const makeRandomRule = (random: Random): Rule => ({ nodes }) => {
  const open = openOf(nodes);
  return open[Math.floor(random() * open.length)]!;
};

const openOf = (nodes: Look["nodes"]) => nodes.flatMap(({ isOpen }, index) => isOpen ? [index] : []);
