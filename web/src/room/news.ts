import type { ParticipantId, RoomState } from "@tafelrunde/protocol";

/** Two states of the room, one after the other, as `you` see them. */
export interface Change {
  readonly before: RoomState;
  readonly now: RoomState;
  readonly you: ParticipantId | undefined;
}

/**
 * Names of the others who are in a record of `now` and not in the one of `before`, such as those who have
 * joined.
 */
export function addedNames(
  { before, now, you }: Change,
  pick: (state: RoomState) => Readonly<Record<ParticipantId, unknown>>,
): string[] {
  const from = pick(before);
  const added = Object.keys(pick(now)).filter((id) => id !== you && !Object.hasOwn(from, id));
  return added.map((id) =>
    (now.participants[id as ParticipantId] ?? before.participants[id as ParticipantId])?.name ?? ""
  );
}
