import type { ParticipantId } from "@tafelrunde/protocol";
import type { CallView } from "../../call/api.ts";

/** Position among the raised hands, 1 for the longest raised; undefined: not raised. */
export function placeOfHand(view: CallView, id: ParticipantId): number | undefined {
  const raisedAt = view.state.hand[id];
  if (raisedAt === undefined) return undefined;
  return 1 + Object.values(view.state.hand).filter((at) => at < raisedAt).length;
}
