import {
  CHAT_PAGE,
  CHAT_PAGE_BYTES,
  chatBytes,
  type ChatMessage,
  type ChatPage,
  isRefusal,
  type UpOf,
} from "@tafelrunde/protocol";
import { readChatBefore } from "../store/room_log.ts";
import type { RoomClient } from "./room_client.ts";
import { takeRoomPoint } from "./command_share.ts";

/** Answers a request for older messages, only for participants in the room. */
export async function sendChatPage(here: RoomClient, { id, before }: UpOf<"chat.before">): Promise<void> {
  const { room, client, services: { limits, context: { db } } } = here;
  if (!here.isServed(room.state)) return;
  const limited = await limits.take("person.command", client.device) ??
    await takeRoomPoint(here);
  if (isRefusal(limited)) return here.refuse(id, limited);
  const { messages, lookedFrom } = await readChatBefore(db, room.id, before, CHAT_PAGE);
  if (!here.isServed(room.state)) return;
  const page = newestThatFit(messages);
  const isCut = page.length < messages.length;
  const older = isCut || messages.length === CHAT_PAGE ? page[0]!.seq : lookedFrom;
  here.send({ type: "chat.page", cause: id, messages: page, older } satisfies ChatPage);
}

/** The newest of `messages` that fit in a page; at least one. */
function newestThatFit(messages: readonly ChatMessage[]): ChatMessage[] {
  let bytes = 0;
  let first = messages.length;
  while (first > 0) {
    bytes += chatBytes(messages[first - 1]!);
    if (bytes > CHAT_PAGE_BYTES && first < messages.length) break;
    first--;
  }
  return messages.slice(first);
}
