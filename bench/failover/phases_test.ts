import assert from "node:assert/strict";
import { phasesOf } from "./phases.ts";
import type { Step } from "./watch.ts";

Deno.test("a participant's wait is split into phases, up to the later of their two transports", () => {
  const steps: Step[] = [
    ["told", 300],
    ["ice", 500],
    ["dtls", 600],
    ["ice", 700],
    ["dtls", 750],
    ["told", 9_000],
  ];
  assert.deepEqual(phasesOf({ steps }, { at: 100, detectedAt: 200, backMs: 1_000 }), {
    detection: 100,
    newPath: 100,
    ice: 400,
    dtls: 50,
    firstFrame: 350,
  });
});

Deno.test("a participant who kept their transports waits for the detection, and for the others", () => {
  assert.deepEqual(phasesOf({ steps: [] }, { at: 100, detectedAt: 200, backMs: 1_000 }), {
    detection: 100,
    firstFrame: 900,
  });
});

Deno.test("a participant who missed nothing, or never recovered, has no phases", () => {
  for (const backMs of [0, Infinity]) {
    assert.equal(phasesOf({ steps: [] }, { at: 100, detectedAt: 200, backMs }), undefined);
  }
});

Deno.test("a client that noticed the failure before the edge waited until then for the detection", () => {
  const phases = phasesOf({ steps: [["told", 150]] }, { at: 100, detectedAt: 200, backMs: 1_000 });
  assert.equal(phases?.detection, 50);
  assert.equal(phases?.newPath, 0);
});
