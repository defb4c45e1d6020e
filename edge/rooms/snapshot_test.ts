import assert from "node:assert/strict";
import { EMPTY_STATE } from "@tafelrunde/protocol";
import { lobbyFrame } from "./snapshot.ts";

Deno.test("the lobby frame is made once per state, however many clients are in the lobby", () => {
  let looks = 0;
  const state = {
    ...EMPTY_STATE,
    get participants() {
      looks++;
      return EMPTY_STATE.participants;
    },
  };
  const frames = new Set(Array.from({ length: 500 }, () => lobbyFrame(state)));
  assert.deepEqual([looks, frames.size], [1, 1]);
  assert.notEqual(lobbyFrame({ ...EMPTY_STATE, room: { ...EMPTY_STATE.room, name: "Rat" } }), [...frames][0]);
});
