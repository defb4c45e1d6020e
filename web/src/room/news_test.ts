/// <reference lib="deno.ns" />
import { deepEqual } from "node:assert/strict";
import { type ChatMessage, EMPTY_STATE, type ParticipantId, type RoomState } from "@tafelrunde/protocol";
import { newsBetween } from "./news.ts";

const YOU = "you" as ParticipantId;

function room(names: Record<string, string>, part: Partial<RoomState> = {}): RoomState {
  const participants = Object.fromEntries(
    Object.entries(names).map((
      [id, name],
    ) => [id, { id, name, joinedAt: 0, presence: "here", presenceAt: 0, edgeId: "" }]),
  ) as unknown as RoomState["participants"];
  return { ...EMPTY_STATE, participants, ...part };
}

function message(seq: number, from: string): ChatMessage {
  return { seq, at: 0, from: from as ParticipantId, name: from, text: "" };
}

Deno.test("others' joining and leaving is news, one's own is not", () => {
  const before = room({ a: "Anna", b: "Ben" });
  const now = room({ a: "Anna", c: "Cem", you: "Me" });
  deepEqual(newsBetween(before, now, YOU), [{ what: "joined", names: ["Cem"] }, {
    what: "left",
    names: ["Ben"],
  }]);
});

Deno.test("a raised hand is news, a lowered one and one's own are not", () => {
  const names = { a: "Anna", b: "Ben", you: "Me" };
  const before = room(names, { hand: { b: 1 } as RoomState["hand"] });
  const now = room(names, { hand: { a: 2, you: 3 } as RoomState["hand"] });
  deepEqual(newsBetween(before, now, YOU), [{ what: "hand", names: ["Anna"] }]);
});

Deno.test("of several new messages the last is news, unless it is one's own", () => {
  const before = room({}, { chat: [message(1, "a")] });
  const last = message(3, "a");
  deepEqual(newsBetween(before, room({}, { chat: [message(1, "a"), message(2, "a"), last] }), YOU), [
    { what: "chat", message: last },
  ]);
  deepEqual(newsBetween(before, room({}, { chat: [message(1, "a"), message(4, "you")] }), YOU), []);
  deepEqual(newsBetween(before, before, YOU), []);
});
