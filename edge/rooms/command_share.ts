import { type Command, isModerator, type Refusal, type RoomState } from "@tafelrunde/protocol";
import type { Attendance } from "./attendance.ts";
import type { Asked, ClientCommand } from "./decision.ts";
import type { Reception } from "./knock.ts";
import { isGrowing } from "./stored_shares.ts";

/**
 * Takes one command point for a participant in the room; undefined: granted. Their address's share is charged
 * first, so one address cannot use up the room's points. Moderators are never refused because of other
 * participants.
 */
export async function takeRoomPoint(here: Attendance): Promise<Refusal | undefined> {
  const { room, participantId, reception: { limits } } = here;
  const person = room.state.participants[participantId];
  if (person !== undefined && isModerator(person.role)) return undefined;
  return await takeShare(here) ?? await limits.take("room.command", room.id) ?? await takeFrames(here);
}

/** Takes the cost of a broadcast: one frame per participant. The address's share is charged first. */
export async function takeFrames(
  { room, visitor, reception: { limits } }: Pick<Attendance, "room" | "visitor"> & {
    readonly reception: Pick<Reception, "limits">;
  },
): Promise<Refusal | undefined> {
  const points = countPeople(room.state);
  return await limits.takeOf("address.frames", visitor.address, { points }) ??
    await limits.take("room.frames", room.id, points);
}

/**
 * Takes a point of an address's share of a room, and none of the room's own: for clients that are not in the
 * room.
 */
export async function takeShare(
  { room, visitor, reception: { limits } }: Attendance,
): Promise<Refusal | undefined> {
  return await limits.takeOf("room.share", visitor.address, { subject: room.id });
}

/**
 * Whether a command takes a point of its room. Commands that only remove something are free: before one can
 * have an effect again, a command that takes a point has to come.
 */
export function takesPoint(command: Asked<Command> | ClientCommand): boolean {
  return isGrowing(command) || command.type === "chat.delete";
}

const counted = new WeakMap<RoomState["participants"], number>();

/** Number of participants in the room, on all edges; at least 1. */
function countPeople({ participants }: RoomState): number {
  const known = counted.get(participants);
  if (known !== undefined) return known;
  const count = Math.max(1, Object.keys(participants).length);
  counted.set(participants, count);
  return count;
}
