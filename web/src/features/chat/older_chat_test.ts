import assert from "node:assert/strict";
import type { ChatMessage } from "@tafelrunde/protocol/features/chat/messages";
import { keepOlder } from "./older_chat.ts";

const said = (...seqs: number[]) => seqs.map((seq) => ({ seq }) as ChatMessage);

Deno.test("[C5] messages that fall out of the room state stay on the screen, except across a gap", () => {
  assert.deepEqual(keepOlder(said(1), said(2, 3, 4), said(4, 5)), said(1, 2, 3));
  assert.deepEqual(keepOlder(said(1), said(2, 3), said(2, 3, 4)), said(1));
  assert.deepEqual(keepOlder(said(1), said(2, 3), said(9)), []);
  assert.deepEqual(keepOlder([], [], said(2)), []);
});
