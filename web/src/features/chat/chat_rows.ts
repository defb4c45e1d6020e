import type { ParticipantId } from "@tafelrunde/protocol";
import type { ChatMessage } from "@tafelrunde/protocol/features/chat/messages";

/** Messages of one sender within this time of each other share one heading, ms. */
const TOGETHER_MS = 5 * 60_000;

/** A message in the list. */
export interface ChatRow {
  readonly message: ChatMessage;
  /** First of a group: shows the sender and the time. */
  readonly isFirst: boolean;
  readonly isOwn: boolean;
  /** Sent but not yet stored. */
  readonly isPending: boolean;
}

/**
 * The rows of `chat`. `pending`: how many of one's own messages, the last ones, are still being sent.
 * `isOwn`: whether a participant is oneself, on any device.
 */
export function chatRows(
  chat: readonly ChatMessage[],
  you: ParticipantId | undefined,
  pending: number,
  isOwn: (id: ParticipantId) => boolean = (id) => id === you,
): ChatRow[] {
  let waiting = pending;
  const rows: ChatRow[] = [];
  for (let at = chat.length - 1; at >= 0; at--) {
    const message = chat[at]!;
    const before = chat[at - 1];
    const isFirst = before?.from !== message.from || message.at - before.at > TOGETHER_MS;
    const isPending = message.from === you && waiting-- > 0;
    rows.push({ message, isFirst, isOwn: isOwn(message.from), isPending });
  }
  return rows.reverse();
}
