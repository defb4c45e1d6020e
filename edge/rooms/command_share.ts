import { type Command, isModerator, type Refusal } from "@tafelrunde/protocol";
import type { Attendance } from "./attendance.ts";
import type { Asked, ClientCommand } from "./decision.ts";
import { isGrowing } from "./stored_shares.ts";

/**
 * Takes the point of somebody who is inside from what may be asked of their room; undefined: there was one left. First from the share of
 * their address, so that one address leaves the others the rest. Moderators are never refused for what others ask.
 */
export async function takeRoomPoint(here: Attendance): Promise<Refusal | undefined> {
  const { room, participantId, reception: { limits } } = here;
  const person = room.state.participants[participantId];
  if (person !== undefined && isModerator(person.role)) return undefined;
  return await takeShare(here) ?? await limits.take("room.command", room.id);
}

/** Takes a point of the share that an address has of a room, and none of the room's: for who is not inside. */
export async function takeShare(
  { room, visitor, reception: { limits } }: Attendance,
): Promise<Refusal | undefined> {
  return await limits.takeOf("room.share", visitor.address, { subject: room.id });
}

/** Whether a command takes a point of its room. What lessens takes none: something else, which takes one, has to come before it has an effect again. */
export function takesPoint(command: Asked<Command> | ClientCommand): boolean {
  return isGrowing(command) || command.type === "chat.delete";
}
