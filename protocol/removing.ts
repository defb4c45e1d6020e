import type { EdgeId, ParticipantId } from "./ids.ts";
import type { Participant, ParticipantEvent } from "./participant.ts";

/** A removed participant whose media a node has not yet confirmed to be closed. */
export interface Removing {
  readonly id: ParticipantId;
  readonly name: string;
  /** The edge that held their socket, and controls their media. */
  readonly edgeId: EdgeId;
  readonly since: number;
}

/** All of them, the first removed first. */
export type RemovingList = Readonly<Record<ParticipantId, Removing>>;

/** `participant`: the participant of the event, before the event. */
export function evolveRemoving(
  removing: RemovingList,
  event: Extract<ParticipantEvent, { type: `participant.${"left" | "gone" | "joined"}` }>,
  participant: Participant | undefined,
): RemovingList {
  const { participantId: id } = event;
  if (event.type === "participant.left") {
    const isRemoval = event.reason === "removed" || event.reason === "banned";
    if (!isRemoval || participant === undefined) return removing;
    const { name, edgeId } = participant;
    return { ...removing, [id]: { id, name, edgeId, since: event.at } };
  }
  if (removing[id] === undefined) return removing;
  const { [id]: _over, ...rest } = removing;
  return rest;
}
