import type { ParticipantId } from "@tafelrunde/protocol";
import { handOf } from "@tafelrunde/protocol/features/hand/state";
import type { CallView } from "../../call/api.ts";

/** Position among the raised hands, 1 for the longest raised; undefined: not raised. */
export function placeOfHand(view: CallView, id: ParticipantId): number | undefined {
  const { hand, participants } = view.state;
  const raisedAt = hand[handOf(hand, participants, id) ?? id];
  if (raisedAt === undefined) return undefined;
  return 1 + Object.values(hand).filter((at) => at < raisedAt).length;
}
