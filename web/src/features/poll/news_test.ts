/// <reference lib="deno.ns" />
import { deepEqual } from "node:assert/strict";
import { EMPTY_STATE, type ParticipantId } from "@tafelrunde/protocol";
import type { Poll } from "@tafelrunde/protocol/features/poll/state";
import { pollNews } from "./news.ts";

const YOU = "you" as ParticipantId;

Deno.test("others' new polls and ended ones are news; one's own new one is not", () => {
  const poll = (seq: number, openedBy: string, closedAt: number | null = null) =>
    ({ seq, openedBy, closedAt }) as unknown as Poll;
  const room = (...polls: Poll[]) => ({
    ...EMPTY_STATE,
    poll: Object.fromEntries(polls.map((one) => [one.seq, one])),
  });
  const before = room(poll(1, "a"), poll(2, "a", 5));
  const now = room(poll(1, "a", 9), poll(2, "a", 5), poll(3, "you"), poll(4, "a"), poll(5, "a", 8));
  const { opened, closed } = pollNews({ before, now, you: YOU });
  deepEqual(opened.map(({ seq }) => seq), [4]);
  deepEqual(closed.map(({ seq }) => seq), [1]);
});
