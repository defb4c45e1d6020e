import { isModerator, type RoomState } from "@tafelrunde/protocol";
import { takesPoint } from "./command_share.ts";
import type { Asker, ClientCommand, RoomCommand } from "./decision.ts";
import { roleInMeeting } from "./entry.ts";

/** Commands of one room that wait at once; more are refused with `room.busy`. */
export const INBOX_LIMIT = 1_000;

/** The last places, which are not for what adds something to the room. */
export const LESSENING_PLACES = 300;

/** The last of those, for moderators and the system alone. */
export const LEADING_PLACES = 150;

/** What the system asks because somebody comes: people bring it about as often as they come. */
const OF_COMING: ReadonlySet<RoomCommand["type"]> = new Set(["participant.resume", "track.dropAll"]);

/**
 * How many commands may wait already if one more is to be taken. Whoever fills a room's queue leaves places for what makes less of it, and for
 * those who can stop them.
 */
export function placesFor(command: RoomCommand, { participantId }: Asker, state: RoomState): number {
  if (participantId === null) return INBOX_LIMIT - (OF_COMING.has(command.type) ? LEADING_PLACES : 0);
  const role = command.type === "participant.join"
    ? roleInMeeting(state, command)
    : state.participants[participantId]?.role ?? "viewer";
  if (isModerator(role)) return INBOX_LIMIT;
  const lessens = command.type !== "participant.join" && !takesPoint(command as ClientCommand);
  return INBOX_LIMIT - (lessens ? LEADING_PLACES : LESSENING_PLACES);
}
