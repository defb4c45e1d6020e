import { moderates, type RoomState } from "@tafelrunde/protocol";
import { takesPoint } from "./command_share.ts";
import type { Asker, ClientCommand, RoomCommand } from "./decision.ts";
import { roleInMeeting } from "./admission/rules.ts";

/** Commands of one room in the queue at once; further ones are refused with `room.busy`. */
export const INBOX_LIMIT = 1_000;

/** Places at the end of the queue that are closed to commands that add something to the room. */
export const LESSENING_PLACES = 300;

/** Of those, the places reserved for moderators and the system. */
export const LEADING_PLACES = 150;

/** System commands caused by arriving clients: as frequent as clients make them. */
const OF_COMING: ReadonlySet<RoomCommand["type"]> = new Set(["participant.resume", "track.dropAll"]);

/**
 * Queue length below which a command is accepted. Whoever fills a room's queue leaves places for commands
 * that only remove something, and for moderators, who can stop them.
 */
export function placesFor(command: RoomCommand, { participantId }: Asker, state: RoomState): number {
  if (participantId === null) return INBOX_LIMIT - (OF_COMING.has(command.type) ? LEADING_PLACES : 0);
  const role = command.type === "participant.join"
    ? roleInMeeting(state, command)
    : state.participants[participantId]?.role ?? "viewer";
  if (moderates(role)) return INBOX_LIMIT;
  const lessens = command.type !== "participant.join" && !takesPoint(command as ClientCommand);
  return INBOX_LIMIT - (lessens ? LEADING_PLACES : LESSENING_PLACES);
}
