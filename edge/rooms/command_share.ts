import type { RoomServices } from "../context.ts";
import { type Command, moderates, type Refusal, type RoomState } from "@tafelrunde/protocol";
import type { RoomClient } from "./room_client.ts";
import type { ClientCommand, CommandDraft } from "./decision.ts";
import { ruleOf } from "../feature_rules.ts";
import { isGrowing } from "./stored_shares.ts";

/**
 * Takes one command point for a participant in the room; undefined: granted. Their address's share is charged
 * first, so one address cannot use up the room's points. Moderators are never refused because of other
 * participants.
 */
export function takeRoomPoint(here: RoomClient): Refusal | undefined {
  const { room, participantId, services: { limits } } = here;
  const person = room.state.participants[participantId];
  if (person !== undefined && moderates(person.role)) return undefined;
  return takeShare(here) ?? limits.take("room.command", room.id) ?? takeFrames(here);
}

/** Takes the cost of a broadcast: one frame per participant. The address's share is charged first. */
export function takeFrames(
  { room, client, services: { limits } }: Pick<RoomClient, "room" | "client"> & {
    readonly services: Pick<RoomServices, "limits">;
  },
): Refusal | undefined {
  const points = countPeople(room.state);
  return limits.takeOf("address.frames", client.address, { points }) ??
    limits.take("room.frames", room.id, points);
}

/**
 * Takes a point of an address's share of a room, and none of the room's own: for clients that are not in the
 * room.
 */
export function takeShare({ room, client, services: { limits } }: RoomClient): Refusal | undefined {
  return limits.takeOf("room.share", client.address, { subject: room.id });
}

/**
 * Whether a command takes a point of its room. Commands that only remove something are free: before one can
 * have an effect again, a command that takes a point has to come.
 */
export function takesPoint(command: CommandDraft<Command> | ClientCommand): boolean {
  return isGrowing(command) || ruleOf(command)?.takesPoint === true;
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
