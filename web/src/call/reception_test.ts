/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import type { TrackId } from "@tafelrunde/protocol";
import { Reception, type Source } from "./reception.ts";

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

function makeReception() {
  const shown: (string | undefined)[] = [];
  const changes: (() => void)[] = [];
  const reception = new Reception({
    show(_trackId, track) {
      shown.push((track as unknown as { name: string } | undefined)?.name);
      for (const change of changes.splice(0)) change();
    },
  });
  return { reception, shown, change: () => new Promise<void>((resolve) => changes.push(resolve)) };
}

Deno.test("[F10] a track's new source is shown once it flows, and the old one until then", async () => {
  const { reception, shown, change } = makeReception();
  const [old, next] = [makeSource("old"), makeSource("next")];
  reception.add(CAMERA, old);
  reception.add(CAMERA, next);
  assert.deepEqual(shown, ["old"]);
  assert.equal(old.isReleased, false);
  next.flow();
  await change();
  assert.deepEqual(shown, ["old", "next"]);
  assert.equal(old.isReleased, true);
  reception.end(CAMERA, next);
  assert.deepEqual(shown, ["old", "next", undefined]);
  reception.close();
});

Deno.test("[F10] when the shown source ends, the next one is shown at once", () => {
  const { reception, shown } = makeReception();
  const [old, next] = [makeSource("old"), makeSource("next")];
  reception.add(CAMERA, old);
  reception.add(CAMERA, next);
  reception.end(CAMERA, old);
  assert.deepEqual(shown, ["old", "next"]);
  reception.close();
});
