import assert from "node:assert/strict";
import { test } from "node:test";
import { automaticView, chooseLayer, layerSizes, type ViewableTrack, wishes } from "./view.ts";

const LAYERS = layerSizes({ width: 1280, height: 720 }, [undefined, undefined, undefined]);

function track(id: string, peerId: string, kind: "audio" | "video"): [string, ViewableTrack] {
  return [id, { id, peerId, kind, layers: kind === "video" ? LAYERS : [], space: null, audience: null }];
}

function tile(trackId: string, width: number, height: number): Parameters<typeof wishes>[0][number] {
  return { trackId: trackId as Parameters<typeof wishes>[0][number]["trackId"], width, height, priority: 7 };
}

const ME = { id: "me", space: null };

test("each layer is half of the next, unless the publisher sends scales", () => {
  assert.deepEqual(LAYERS.map(({ height }) => height), [180, 360, 720]);
  assert.deepEqual(layerSizes({ width: 1920, height: 1080 }, [3, 1]).map(({ height }) => height), [
    360,
    1080,
  ]);
});

test("the smallest layer that fills the tile well enough is chosen", () => {
  for (
    const [height, layer] of [[1, 0], [180, 0], [270, 0], [271, 1], [540, 1], [541, 2], [4000, 2]] as const
  ) {
    assert.equal(chooseLayer(LAYERS, { width: height * 16 / 9, height }), layer, `${height} lines`);
  }
  assert.equal(
    chooseLayer(LAYERS, { width: 2000, height: 180 }),
    0,
    "a letterbox shows no more lines than it has",
  );
});

test("an automatic view has the first 20 audio tracks, the newest videos, and none of the peer's own", () => {
  const tracks = [
    ...Array.from({ length: 25 }, (_, index) => track(`a${index}`, "other", "audio")),
    ...Array.from({ length: 6 }, (_, index) => track(`v${index}`, "other", "video")),
    track("own", "me", "video"),
  ].map(([, value]) => value);
  const view = automaticView(tracks, ME, 2);
  assert.deepEqual(view.slice(20).map(({ trackId }) => trackId), ["v4", "v5"]);
  assert.equal(view[19]!.trackId, "a19");
  assert.equal(automaticView(tracks, ME, 0).length, 20);
});

test("a view wants the existing tracks, paused where hidden, and never the peer's own", () => {
  const tracks = new Map([
    track("a", "other", "audio"),
    track("v", "other", "video"),
    track("own", "me", "video"),
  ]);
  const wished = wishes(
    [tile("v", 0, 0), tile("a", 0, 0), tile("gone", 9, 9), tile("own", 9, 9)],
    tracks,
    ME,
  );
  assert.deepEqual([...wished.keys()], ["v", "a"]);
  assert.deepEqual(wished.get("v"), { trackId: "v", paused: true, layer: -1, priority: 7 });
  assert.equal(wished.get("a")!.paused, false);
  assert.equal(wishes([tile("v", 0, 0), tile("v", 640, 360)], tracks, ME).get("v")!.layer, 1);
});
