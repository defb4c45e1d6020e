/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import type { ConsumerInfo, TrackId } from "@tafelrunde/protocol";
import { ConsumersAhead } from "./consumers_ahead.ts";

const info = (trackId: string) =>
  ({ trackId: trackId as TrackId, consumerId: `c ${trackId}` }) as ConsumerInfo;

Deno.test("[F15] a track that is announced before its transport is available once the transport is", () => {
  const ahead = new ConsumersAhead();
  ahead.open("next", [info("a"), info("b")]);
  ahead.open("next", [info("c")]);
  ahead.close("next", ["b" as TrackId]);
  ahead.close("other", ["a" as TrackId]);
  assert.deepEqual(ahead.take("next").map(({ trackId }) => trackId), ["a", "c"]);
  assert.deepEqual(ahead.take("next"), []);
});

Deno.test("[F15] tracks for a transport that never came are discarded with the next one", () => {
  const ahead = new ConsumersAhead();
  ahead.open("given up", [info("a")]);
  ahead.open("next", [info("b")]);
  assert.deepEqual(ahead.take("next").map(({ trackId }) => trackId), ["b"]);
  ahead.open("given up", [info("a")]);
  assert.deepEqual(ahead.take("next"), []);
});

Deno.test("the tracks kept for a transport are bounded", () => {
  const ahead = new ConsumersAhead();
  for (let n = 0; n < 1_000; n++) ahead.open("next", [info(String(n))]);
  assert.equal(ahead.take("next").length, 200);
});
