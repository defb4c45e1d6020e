import assert from "node:assert/strict";
import { makeLog } from "./log.ts";
import { Watchdog } from "./watchdog.ts";

function watch(probe: () => Promise<boolean>) {
  let now = 1_000;
  let ends = 0;
  const watchdog = new Watchdog(makeLog(() => {}), {
    thread: undefined,
    knock: "",
    probe,
    now: () => now,
    end: () => void ends++,
  });
  watchdog.probeAt("127.0.0.1", 1);
  return {
    watchdog,
    ends: () => ends,
    async pass(ms: number) {
      now += ms;
      await watchdog.look("127.0.0.1", 1);
    },
    [Symbol.dispose]: () => watchdog[Symbol.dispose](),
  };
}

Deno.test("a process that answers no probe for 10 s ends; one that still gets connections does not", async () => {
  using deaf = watch(() => Promise.resolve(false));
  await deaf.pass(9_000);
  assert.equal(deaf.ends(), 0);
  await deaf.pass(2_000);
  assert.equal(deaf.ends(), 1);
  using busy = watch(() => Promise.resolve(false));
  await busy.pass(9_000);
  busy.watchdog.alive();
  await busy.pass(9_000);
  assert.equal(busy.ends(), 0);
  using healthy = watch(() => Promise.resolve(true));
  await healthy.pass(60_000);
  await healthy.pass(60_000);
  assert.equal(healthy.ends(), 0);
});
