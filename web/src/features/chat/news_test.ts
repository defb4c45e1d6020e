/// <reference lib="deno.ns" />
import { deepEqual } from "node:assert/strict";
import { EMPTY_STATE, type ParticipantId } from "@tafelrunde/protocol";
import type { ChatMessage } from "@tafelrunde/protocol/features/chat/messages";
import { newMessage } from "./news.ts";

const YOU = "you" as ParticipantId;

const message = (seq: number, from: string): ChatMessage => ({
  seq,
  at: 0,
  from: from as ParticipantId,
  name: from,
  text: "",
});

Deno.test("of several new messages the last is news, unless it is one's own", () => {
  const room = (...chat: ChatMessage[]) => ({ ...EMPTY_STATE, chat });
  const before = room(message(1, "a"));
  const last = message(3, "a");
  deepEqual(newMessage({ before, now: room(message(1, "a"), message(2, "a"), last), you: YOU }), last);
  deepEqual(newMessage({ before, now: room(message(1, "a"), message(4, "you")), you: YOU }), undefined);
  deepEqual(newMessage({ before, now: before, you: YOU }), undefined);
});
