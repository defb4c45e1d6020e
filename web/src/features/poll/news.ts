import type { Poll } from "@tafelrunde/protocol/features/poll/state";
import { isOwn } from "../../room/devices.ts";
import type { Change } from "../../room/news.ts";

/** Polls that others have opened, and polls that have ended, since the state before. */
export function pollNews({ before, now, you }: Change): { readonly opened: Poll[]; readonly closed: Poll[] } {
  const polls = Object.values(now.poll);
  return {
    opened: polls.filter(({ seq, openedBy, closedAt }) =>
      before.poll[seq] === undefined && !isOwn({ you, state: now }, openedBy) && closedAt === null
    ),
    closed: polls.filter(({ seq, closedAt }) => closedAt !== null && before.poll[seq]?.closedAt === null),
  };
}
