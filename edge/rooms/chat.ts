import { isVisible, MAX_CHAT_TEXT, type ParticipantId, refuse, type RoomState } from "@tafelrunde/protocol";
import { storable } from "../text.ts";
import type { ClientCommandOf, Decision, DeleteCommand, ParticipantAsker } from "./decision.ts";

export function decideChat(
  state: RoomState,
  command: ClientCommandOf<"chat.post" | "chat.delete">,
  who: ParticipantAsker,
): Decision {
  switch (command.type) {
    case "chat.post": {
      const text = storable(command.text);
      if (!isVisible(text)) return refuse("chat.empty");
      if (text.length > MAX_CHAT_TEXT) return refuse("chat.tooLong");
      const { participantId } = who;
      return [{ type: "chat.posted", participantId, name: state.participants[participantId]!.name, text }];
    }
    case "chat.delete": {
      const message = findMessage(state, command);
      if (message === null) return refuse("chat.unknown");
      return message.isDeleted ? [] : [{ type: "chat.deleted", messageSeq: command.messageSeq }];
    }
    default:
      return command satisfies never;
  }
}

/** The author of the message that `command` refers to; undefined: no such message. */
export function authorOf(state: RoomState, command: DeleteCommand): ParticipantId | undefined {
  return findMessage(state, command)?.from;
}

function findMessage({ chat }: RoomState, { messageSeq, logged }: DeleteCommand): DeleteCommand["logged"] {
  const carried = chat.find(({ seq }) => seq === messageSeq);
  return carried === undefined ? logged : { from: carried.from, isDeleted: carried.text === null };
}
