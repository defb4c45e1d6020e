/// <reference lib="deno.ns" />
import { deepEqual } from "node:assert/strict";
import { EMPTY_STATE, type ParticipantId, type RoomState } from "@tafelrunde/protocol";
import { addedNames } from "./news.ts";

const YOU = "you" as ParticipantId;

function room(names: Record<string, string>, part: Partial<RoomState> = {}): RoomState {
  const participants = Object.fromEntries(
    Object.entries(names).map((
      [id, name],
    ) => [id, {
      id,
      name,
      persons: [id[0]!.padEnd(16, "p")],
      joinedAt: 0,
      presence: "here",
      presenceAt: 0,
      edgeId: "",
    }]),
  ) as unknown as RoomState["participants"];
  return { ...EMPTY_STATE, participants, ...part };
}

Deno.test("others' joining and leaving is news, one's own is not", () => {
  const before = room({ a: "Anna", b: "Ben" });
  const now = room({ a: "Anna", c: "Cem", you: "Me" });
  const people = ({ participants }: RoomState) => participants;
  deepEqual(addedNames({ before, now, you: YOU }, people), ["Cem"]);
  deepEqual(addedNames({ before: now, now: before, you: YOU }, people), ["Ben"]);
});

Deno.test("a raised hand is news, a lowered one and one's own are not", () => {
  const names = { a: "Anna", b: "Ben", you: "Me" };
  const before = room(names, { hand: { b: 1 } as RoomState["hand"] });
  const now = room(names, { hand: { a: 2, you: 3 } as RoomState["hand"] });
  deepEqual(addedNames({ before, now, you: YOU }, ({ hand }) => hand), ["Anna"]);
});

Deno.test("[J6] a person's further device, and its leaving, is no news; nor is a hand that it takes over", () => {
  const people = ({ participants }: RoomState) => participants;
  const one = room({ a: "Anna" });
  const two = room({ a: "Anna", a2: "Anna" });
  deepEqual(addedNames({ before: one, now: two, you: YOU }, people), []);
  deepEqual(addedNames({ before: two, now: one, you: YOU }, people), []);
  const before = { ...two, hand: { a: 1 } as RoomState["hand"] };
  const now = { ...room({ a2: "Anna" }), hand: { a2: 1 } as RoomState["hand"] };
  deepEqual(addedNames({ before, now, you: YOU }, ({ hand }) => hand), []);
  deepEqual(
    addedNames({ before: room({ you: "Me" }), now: room({ you: "Me", y2: "Me" }), you: YOU }, people),
    [],
  );
});
