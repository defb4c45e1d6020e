import { type ParticipantId, personOf, type RoomState } from "@tafelrunde/protocol";

/** Two states of the room, one after the other, as `you` see them. */
export interface Change {
  readonly before: RoomState;
  readonly now: RoomState;
  readonly you: ParticipantId | undefined;
}

/**
 * Names of the others who are in a record of `now` and not in the one of `before`, such as those who have
 * joined. A person is in it with any of their devices.
 */
export function addedNames(
  { before, now, you }: Change,
  pick: (state: RoomState) => Readonly<Record<ParticipantId, unknown>>,
): string[] {
  const known = { ...before.participants, ...now.participants };
  const personsOf = (state: RoomState) =>
    new Map(
      (Object.keys(pick(state)) as ParticipantId[]).map((id) => [known[id] ? personOf(known[id]) : id, id]),
    );
  const from = personsOf(before);
  const own = you && known[you] && personOf(known[you]);
  return [...personsOf(now)].filter(([person, id]) => id !== you && person !== own && !from.has(person))
    .map(([, id]) => known[id]?.name ?? "");
}
