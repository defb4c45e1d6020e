import assert from "node:assert/strict";
import { announced, sendingOf } from "./encodings.ts";

const scales = (width: number, height: number) =>
  sendingOf("camera", { width, height }).encodings?.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);

Deno.test("a camera is sent in as many layers as browsers make for its size, the largest in full size", () => {
  assert.deepEqual(scales(1280, 720), [4, 2, 1]);
  assert.deepEqual(scales(960, 540), [4, 2, 1]);
  assert.deepEqual(scales(640, 480), [2, 1]);
  assert.deepEqual(scales(480, 270), [2, 1]);
  assert.deepEqual(scales(320, 240), [1]);
  assert.deepEqual(sendingOf("camera", {}).encodings?.length, 3, "a browser that does not say");
});

Deno.test("the node receives the true sizes of a small camera's layers", () => {
  const told = (width: number, height: number) => {
    const { encodings = [] } = sendingOf("camera", { width, height });
    const parameters = announced("camera", { codecs: [], encodings }, { width, height });
    return parameters.encodings?.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);
  };
  assert.deepEqual(told(1280, 720), [4, 2, 1]);
  assert.deepEqual(told(640, 360), [4, 2]);
  assert.deepEqual(told(640, 480), [4, 2]);
  assert.deepEqual(told(1920, 1080), [4, 2, 1]);
});
