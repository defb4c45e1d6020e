import { isVisible, MAX_CHAT_TEXT, refuse, type RoomState } from "@tafelrunde/protocol";
import { storable } from "./text.ts";
import type { ClientCommandOf, Decision, ParticipantAsker } from "./decision.ts";

export function decideChat(
  state: RoomState,
  command: ClientCommandOf<"chat.post">,
  who: ParticipantAsker,
): Decision {
  const text = storable(command.text);
  if (!isVisible(text)) return refuse("chat.empty");
  if (text.length > MAX_CHAT_TEXT) return refuse("chat.tooLong");
  const { participantId } = who;
  return [{ type: "chat.posted", participantId, name: state.participants[participantId]!.name, text }];
}
