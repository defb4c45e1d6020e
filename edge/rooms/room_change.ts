import {
  countCharacters,
  isVisible,
  MAX_ROOM_NAME,
  refuse,
  type Room,
  type RoomSettings,
  type RoomSettingsChange,
  type RoomState,
} from "@tafelrunde/protocol";
import { storable } from "../text.ts";
import { endUnrightful, foresee } from "./consequence.ts";
import type { ClientCommandOf, Decision, EventDraft, SystemCommand } from "./decision.ts";
import { admitNeedless } from "./admission/rules.ts";

export function decideRoom(
  state: RoomState,
  command: ClientCommandOf<"room.change" | "room.end">,
): Decision {
  switch (command.type) {
    case "room.change": {
      const wished = command.name === undefined ? undefined : storable(command.name);
      const name = wished !== undefined && !isVisible(wished) ? "" : wished;
      if (name !== undefined && countCharacters(name) > MAX_ROOM_NAME) return refuse("room.nameTooLong");
      return changeTo(state, name, command.settings ?? {});
    }
    case "room.end":
      return [{ type: "room.ended" }];
    default:
      return command satisfies never;
  }
}

/** Makes the log agree with the room's row. */
export function decideSync(
  state: RoomState,
  { name, settings }: Extract<SystemCommand, { type: "room.sync" }>,
): Decision {
  return changeTo(state, name, settings);
}

/** The change of what differs, and its consequences: participants admitted, tracks ended. */
function changeTo(state: RoomState, name: string | undefined, settings: RoomSettingsChange): EventDraft[] {
  const { room } = state;
  const changes = changesOf(room.settings, settings);
  const isRenamed = name !== undefined && name !== room.name;
  if (!isRenamed && changes === undefined) return [];
  const changed = {
    type: "room.changed",
    ...isRenamed && { name },
    ...changes && { settings: changes },
  } as const satisfies EventDraft;
  const after = foresee(state, [changed]);
  return [changed, ...admitNeedless(after), ...endUnrightful(after)];
}

function changesOf(now: Room["settings"], wished: RoomSettingsChange): RoomSettingsChange | undefined {
  const different = Object.entries(wished).filter(([key, value]) =>
    value !== undefined && now[key as keyof RoomSettings] !== value
  );
  return different.length === 0 ? undefined : Object.fromEntries(different);
}
