import { MAX_CHAT_TEXT, refuse, type RoomState, type UpOf } from "@tafelrunde/protocol";
import { storable } from "./text.ts";
import type { Decision, ParticipantAsker } from "./decision.ts";

export function decideChat(
  state: RoomState,
  command: Omit<UpOf<"chat.post">, "id">,
  who: ParticipantAsker,
): Decision {
  const text = storable(command.text);
  if (text === "") return refuse("chat.empty");
  if (text.length > MAX_CHAT_TEXT) return refuse("chat.tooLong");
  const { participantId } = who;
  return [{ type: "chat.posted", participantId, name: state.participants[participantId]!.name, text }];
}
