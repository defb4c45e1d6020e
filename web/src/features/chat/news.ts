import type { ChatMessage } from "@tafelrunde/protocol/features/chat/messages";
import { isOwn } from "../../room/devices.ts";
import type { Change } from "../../room/news.ts";

/** The last of the new messages; undefined: there is none, or it is one's own. */
export function newMessage({ before, now, you }: Change): ChatMessage | undefined {
  const message = now.chat.at(-1);
  const isNew = message !== undefined && message.seq > (before.chat.at(-1)?.seq ?? 0);
  return isNew && !isOwn({ you, state: now }, message.from) ? message : undefined;
}
