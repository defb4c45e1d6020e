import { useCall } from "../../room/call_context.ts";
import { ownPerson } from "../../room/devices.ts";
import { useRights } from "../../room/rights.ts";
import type { Badge } from "../../ui/ControlButton.tsx";
import { words } from "./words.ts";

/** Open polls that this page's person has not answered and may answer. */
export function createUnanswered(): () => Badge | undefined {
  const call = useCall();
  const rights = useRights();
  return () => {
    if (!rights.may("answerPolls")) return undefined;
    const person = ownPerson(call.view);
    const open =
      Object.values(call.view.state.poll).filter(({ closedAt, answers }) =>
        closedAt === null && (person === undefined || answers[person] === undefined)
      ).length;
    return open === 0 ? undefined : { text: `${open}`, heard: words().unanswered(open), isNew: true };
  };
}
