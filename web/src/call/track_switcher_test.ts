/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import type { TrackId } from "@tafelrunde/protocol";
import { type Source, TrackSwitcher } from "./track_switcher.ts";

const CAMERA = "camera" as TrackId;

interface TestSource extends Source {
  readonly flow: () => void;
  isReleased: boolean;
}

function makeSource(name: string): TestSource {
  const { promise, resolve } = Promise.withResolvers<void>();
  const source: TestSource = {
    flow: resolve,
    isReleased: false,
    track: { name } as unknown as MediaStreamTrack,
    flowing: () => promise,
    release: () => {
      source.isReleased = true;
    },
  };
  return source;
}

function makeSwitcher() {
  const shown: (string | undefined)[] = [];
  const changes: (() => void)[] = [];
  const switcher = new TrackSwitcher({
    show(_trackId, track) {
      shown.push((track as unknown as { name: string } | undefined)?.name);
      for (const change of changes.splice(0)) change();
    },
  });
  return { switcher, shown, change: () => new Promise<void>((resolve) => changes.push(resolve)) };
}

Deno.test("[F10] a track's new source is shown once it flows, and the old one until then", async () => {
  const { switcher, shown, change } = makeSwitcher();
  const [old, next] = [makeSource("old"), makeSource("next")];
  switcher.add(CAMERA, old);
  switcher.add(CAMERA, next);
  assert.deepEqual(shown, ["old"]);
  assert.equal(old.isReleased, false);
  next.flow();
  await change();
  assert.deepEqual(shown, ["old", "next"]);
  assert.equal(old.isReleased, true);
  switcher.end(CAMERA, next);
  assert.deepEqual(shown, ["old", "next", undefined]);
  switcher.close();
});

Deno.test("[F10] when the shown source ends, the next one is shown at once", () => {
  const { switcher, shown } = makeSwitcher();
  const [old, next] = [makeSource("old"), makeSource("next")];
  switcher.add(CAMERA, old);
  switcher.add(CAMERA, next);
  switcher.end(CAMERA, old);
  assert.deepEqual(shown, ["old", "next"]);
  switcher.close();
});
