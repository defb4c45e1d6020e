import type { PersonId } from "./ids.ts";
import type { Participant, ParticipantEvent } from "./participant.ts";
import type { Role, RoleEvent } from "./role.ts";

/** Most persons remembered by a meeting; the oldest are forgotten first. */
export const MAX_KNOWN = 1_000;

/** What a meeting remembers about a person until it ends, even after they left. */
export interface Known {
  /** The role that a moderator gave them. */
  readonly role?: Role;
  /** "admitted": need not wait again; "removed": have to wait; "banned": may not come back. */
  readonly entry?: "admitted" | "removed" | "banned";
}

export type KnownPersons = Readonly<Record<PersonId, Known>>;

/** `participant`: the participant of the event, before the event. */
export function evolveKnown(
  known: KnownPersons,
  event: ParticipantEvent | RoleEvent,
  participant: Participant | undefined,
): KnownPersons {
  switch (event.type) {
    case "participant.joined":
      if (event.actor === event.participantId) return known;
      return remember(known, event.persons, ({ role }) => ({ ...role && { role }, entry: "admitted" }));
    case "participant.left":
      if (event.reason !== "removed" && event.reason !== "banned") return known;
      return remember(known, participant?.persons ?? [], () => ({ entry: event.reason as "removed" }));
    case "role.changed":
      return remember(known, participant?.persons.slice(0, 1) ?? [], (before) => ({
        ...before,
        role: event.role,
      }));
    case "participant.away":
    case "participant.returned":
    case "participant.renamed":
    case "participant.gone":
      return known;
    default:
      return event satisfies never;
  }
}

function remember(
  known: KnownPersons,
  persons: readonly PersonId[],
  change: (before: Known) => Known,
): KnownPersons {
  if (persons.length === 0) return known;
  const kept: Record<PersonId, Known> = { ...known };
  for (const person of persons) {
    const before = kept[person] ?? {};
    delete kept[person];
    kept[person] = change(before);
  }
  const entries = Object.entries(kept);
  return entries.length <= MAX_KNOWN ? kept : Object.fromEntries(entries.slice(-MAX_KNOWN));
}
