import assert from "node:assert/strict";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { LobbyLook, nextLooks } from "./lobby_looks.ts";

Deno.test("[W11] all clients in lobbies are checked in turn, even if rounds take so long that the first are due again", async () => {
  let now = 0;
  const counts = Array.from({ length: 400 }, () => 0);
  const context = { log: makeLog(() => {}), now: () => now };
  const looks = counts.map((_, n) => {
    const look = new LobbyLook(context, () => Promise.resolve(void counts[n]!++));
    return { look, endsAt: null };
  });
  // Each round checks a 20th, so 20 rounds check each once.
  for (let round = 0; round < 60; round++) {
    now += 31_000;
    for (const look of nextLooks(looks)) await look.take();
  }
  assert.deepEqual(new Set(counts), new Set([3]));
});

Deno.test("[W11] a client whose link has expired is due then, and not before", () => {
  let now = 0;
  const look = new LobbyLook({ log: makeLog(() => {}), now: () => now }, () => Promise.resolve());
  now = 10_000;
  assert.deepEqual(nextLooks([{ look, endsAt: 10_001 }]), []);
  assert.deepEqual(nextLooks([{ look, endsAt: 10_000 }]), [look]);
});
