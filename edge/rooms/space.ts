import {
  devicesOf,
  MAX_SPACE_NAME,
  MAX_SPACES,
  type ParticipantId,
  refuse,
  type RoomState,
  type SpaceId,
  spaceOf,
} from "@tafelrunde/protocol";
import { storableContent } from "../content.ts";
import type { ClientCommandOf, Decision, EventDraft } from "./decision.ts";

type SpaceCommand = ClientCommandOf<`space.${"open" | "move" | "close"}`>;

export function decideSpace(state: RoomState, command: SpaceCommand): Decision {
  switch (command.type) {
    case "space.open":
      return decideOpen(state, command);
    case "space.move":
      return decideMove(state, command);
    case "space.close": {
      const spaceIds = command.spaceIds.filter((id) => state.spaces[id] !== undefined);
      return spaceIds.length === 0 ? [] : [{ type: "space.closed", spaceIds: [...new Set(spaceIds)] }];
    }
    default:
      return command satisfies never;
  }
}

function decideOpen({ spaces: before }: RoomState, { spaces }: ClientCommandOf<"space.open">): Decision {
  const ids = new Set(spaces.map(({ spaceId }) => spaceId));
  const areNew = ids.size === spaces.length && spaces.every(({ spaceId }) => before[spaceId] === undefined);
  if (!areNew) return refuse("space.idTaken");
  if (Object.keys(before).length + spaces.length > MAX_SPACES) return refuse("space.tooMany");
  const opened = spaces.flatMap((space) => {
    const name = storableContent(space.name, MAX_SPACE_NAME);
    return typeof name === "string" ? [] : [{ ...space, name }];
  });
  const areNamed = opened.length === spaces.length;
  return areNamed ? [{ type: "space.opened", spaces: opened }] : refuse("space.nameInvalid");
}

/** Participants who have left meanwhile are left out. */
function decideMove(
  { spaces, participants }: RoomState,
  { participantIds: asked, spaceId }: ClientCommandOf<"space.move">,
): Decision {
  if (spaceId !== null && spaces[spaceId] === undefined) return refuse("space.unknown");
  const people = new Set(asked.flatMap((id) => devicesOf(participants, id).map((device) => device.id)));
  if (people.size === 0) return refuse("participant.unknown");
  const participantIds = [...people].filter((id) => spaceOf(participants, id) !== spaceId);
  return participantIds.length === 0 ? [] : [{ type: "space.moved", participantIds, spaceId }];
}

/** Whether somebody moves only themselves, to where everyone may: the main room, or a free space. */
export function isOwnWay(
  { spaces, participants }: RoomState,
  { participantIds, spaceId }: ClientCommandOf<"space.move">,
  self: ParticipantId,
): boolean {
  const own = new Set(devicesOf(participants, self).map(({ id }) => id));
  return participantIds.every((id) => own.has(id)) && (spaceId === null || spaces[spaceId]?.isFree === true);
}

/**
 * Ends whispers that nobody hears anymore, because their last listener has left or is in another space. The
 * track is muted first: nobody else must hear what was meant for one.
 */
export function endWhispers({ tracks, participants }: RoomState): EventDraft[] {
  return Object.values(tracks).flatMap(({ id: trackId, participantId, audience, muted }): EventDraft[] => {
    if (audience === undefined) return [];
    const space = spaceOf(participants, participantId);
    const isHeard = audience.some((id) =>
      participants[id] !== undefined && spaceOf(participants, id) === space
    );
    if (isHeard) return [];
    const widened = { type: "track.widened", trackId, actor: null } as const;
    return muted ? [widened] : [{ type: "track.muted", trackId, actor: null }, widened];
  });
}

/** Whether a command, or what it leads to, concerns a space besides the main room; ending it never does. */
export function needsSpaces(command: { readonly type: string }, decision: Decision): boolean {
  switch (command.type) {
    case "space.open":
      return true;
    case "space.move":
      return (command as { readonly spaceId?: SpaceId | null }).spaceId !== null;
    case "track.address":
      return (command as { readonly participantIds?: unknown }).participantIds !== null;
    default:
      return Array.isArray(decision) && decision.some(({ space }) => space !== undefined);
  }
}
