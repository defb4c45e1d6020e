/// <reference lib="deno.ns" />
import { deepEqual } from "node:assert/strict";
import type { ParticipantId } from "@tafelrunde/protocol";
import type { ChatMessage } from "@tafelrunde/protocol/features/chat/messages";
import { chatRows } from "./chat_rows.ts";

const YOU = "you" as ParticipantId;

function message(seq: number, from: string, minute: number): ChatMessage {
  return { seq, at: minute * 60_000, from: from as ParticipantId, name: from, text: `${seq}` };
}

Deno.test("messages of one sender within five minutes share a heading", () => {
  const chat = [
    message(1, "a", 0),
    message(2, "a", 4),
    message(3, "a", 10),
    message(4, "b", 10),
    message(5, "a", 10),
  ];
  deepEqual(chatRows(chat, YOU, 0).map(({ isFirst }) => isFirst), [true, false, true, true, true]);
});

Deno.test("the last of one's own messages are the pending ones", () => {
  const chat = [message(1, "you", 0), message(2, "you", 0), message(3, "a", 0), message(4, "you", 0)];
  deepEqual(chatRows(chat, YOU, 2).map(({ isPending }) => isPending), [false, true, false, true]);
  deepEqual(chatRows([], YOU, 1), []);
});
