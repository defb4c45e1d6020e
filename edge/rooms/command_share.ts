import { type Command, isModerator, type Refusal, type RoomState } from "@tafelrunde/protocol";
import type { Attendance } from "./attendance.ts";
import type { Asked, ClientCommand } from "./decision.ts";
import type { Reception } from "./knock.ts";
import { isGrowing } from "./stored_shares.ts";

/**
 * Takes the point of somebody who is inside from what may be asked of their room; undefined: there was one left. First from the share of
 * their address, so that one address leaves the others the rest. Moderators are never refused for what others ask.
 */
export async function takeRoomPoint(here: Attendance): Promise<Refusal | undefined> {
  const { room, participantId, reception: { limits } } = here;
  const person = room.state.participants[participantId];
  if (person !== undefined && isModerator(person.role)) return undefined;
  return await takeShare(here) ?? await limits.take("room.command", room.id) ?? await takeFrames(here);
}

/** Takes what telling the room's people costs: a frame for each of them. First from the share of the address. */
export async function takeFrames(
  { room, visitor, reception: { limits } }: Pick<Attendance, "room" | "visitor"> & {
    readonly reception: Pick<Reception, "limits">;
  },
): Promise<Refusal | undefined> {
  const points = countPeople(room.state);
  return await limits.takeOf("address.frames", visitor.address, { points }) ??
    await limits.take("room.frames", room.id, points);
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

const counted = new WeakMap<RoomState["participants"], number>();

/** How many people are inside, at whatever edge; 1 at least. */
function countPeople({ participants }: RoomState): number {
  const known = counted.get(participants);
  if (known !== undefined) return known;
  const count = Math.max(1, Object.keys(participants).length);
  counted.set(participants, count);
  return count;
}
