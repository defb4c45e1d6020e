import assert from "node:assert/strict";
import { makeKeyedHash } from "./keyed_hash.ts";
import { type LimitName, LIMITS } from "./limit_table.ts";
import { Limits } from "./limits.ts";
import { makeMetrics } from "./metrics.ts";
import type { Db } from "./store/schema.ts";

const keyedHash = await makeKeyedHash("a key for tests and not for anything else");
const DAY_MS = 86_400_000;

Deno.test("nobody is remembered for longer than a limit's time, however many come, and nobody for longer than a day", async () => {
  let at = 0;
  const limits = new Limits({ metrics: makeMetrics(), db: {} as Db, keyedHash, now: () => at });
  const own = Object.entries(LIMITS).filter(([, limit]) => !("isShared" in limit));
  for (const [name] of own) {
    for (let n = 0; n < 100; n++) await limits.take(name as LimitName, `10.0.0.${n}`);
  }
  assert.equal(limits.keys, 100 * own.length);
  for (const { durationS } of own.map(([, limit]) => limit).sort((a, b) => a.durationS - b.durationS)) {
    at = 1_000 * durationS;
    limits.tend();
    assert.equal(limits.keys, 100 * own.filter(([, limit]) => limit.durationS > durationS).length);
  }
  assert.equal(limits.keys, 0);
  assert.ok(at <= DAY_MS);
});
