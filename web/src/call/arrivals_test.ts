/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { Arrivals, DEAF_AFTER_MS, REBUILD_PAUSE_MS } from "./arrivals.ts";

/**
 * Looks twice a second until `untilMs`, while the node sends `bps` and `count` arrives. Returns when the
 * transports were rebuilt, ms.
 */
function rebuilds(
  { bytesPerMs, untilMs, count = () => 0, isExpecting = () => true }: {
    bytesPerMs: number;
    untilMs: number;
    count?: (now: number) => number;
    isExpecting?: (now: number) => boolean;
  },
): { rebuiltAt: number[]; asked: number } {
  const arrivals = new Arrivals();
  const rebuiltAt: number[] = [];
  let asked = 0;
  for (let now = 0; now <= untilMs; now += 500) {
    if (!arrivals.look(count(now), isExpecting(now), now)) continue;
    asked++;
    if (arrivals.answered(bytesPerMs * now, now)) rebuiltAt.push(now);
  }
  return { rebuiltAt, asked };
}

Deno.test("[F14] a transport on which nothing arrives although the node sends is rebuilt after 5 s, and every 15 s", () => {
  const { rebuiltAt } = rebuilds({ bytesPerMs: 30, untilMs: 60_000 });
  assert.equal(rebuiltAt[0], DEAF_AFTER_MS);
  assert.ok(rebuiltAt.length >= 3, String(rebuiltAt));
  for (let n = 1; n < rebuiltAt.length; n++) {
    assert.ok(rebuiltAt[n]! - rebuiltAt[n - 1]! >= REBUILD_PAUSE_MS);
  }
});

Deno.test("[F14] a publisher who falls silent causes no rebuild, and the client asks ever more rarely", () => {
  const { rebuiltAt, asked } = rebuilds({ bytesPerMs: 0, untilMs: 600_000 });
  assert.deepEqual(rebuiltAt, []);
  assert.ok(asked < 45, `${asked} questions in ten minutes`);
});

Deno.test("[F14] incoming packets, no publisher, or a pause that ends cause no rebuild", () => {
  assert.deepEqual(rebuilds({ bytesPerMs: 30, untilMs: 60_000, count: (now) => now }).rebuiltAt, []);
  assert.deepEqual(rebuilds({ bytesPerMs: 30, untilMs: 60_000, isExpecting: () => false }).rebuiltAt, []);
  const pauses = (now: number) => Math.floor(now / 4_500);
  assert.deepEqual(rebuilds({ bytesPerMs: 30, untilMs: 60_000, count: pauses }).rebuiltAt, []);
});
