import { useCall } from "../../room/call_context.ts";
import { useRights } from "../../room/rights.ts";
import type { Badge } from "../../ui/ControlButton.tsx";
import { words } from "./words.ts";

/** Open polls that this page's person has not answered and may answer. */
export function createUnanswered(): () => Badge | undefined {
  const call = useCall();
  const rights = useRights();
  return () => {
    if (!rights.may("answerPolls")) return undefined;
    const { you, state } = call.view;
    const open =
      Object.values(state.poll).filter(({ closedAt, answers }) =>
        closedAt === null && (you === undefined || answers[you] === undefined)
      ).length;
    return open === 0 ? undefined : { text: `${open}`, heard: words().unanswered(open), isNew: true };
  };
}
