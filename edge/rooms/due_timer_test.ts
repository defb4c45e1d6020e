import assert from "node:assert/strict";
import { DueTimer } from "./due_timer.ts";

/** A timer on a clock of its own. */
function makeTimer() {
  const clock = { ms: 1_000_000 };
  let calls = 0;
  const called = Promise.withResolvers<void>();
  const timer = new DueTimer(() => clock.ms, () => {
    calls++;
    called.resolve();
  });
  return {
    clock,
    timer,
    called: called.promise,
    calls: () => calls,
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("[O3] what is due happens however often the time is set again meanwhile", async () => {
  using made = makeTimer();
  const at = made.clock.ms - 1;
  let isCalled = false;
  void made.called.then(() => isCalled = true);
  // Without end, if each call put it off.
  for (let n = 0; n < 2_000 && !isCalled; n++) {
    made.timer.set(at);
    await pause(5);
  }
  assert.equal(isCalled, true);
});

Deno.test("[O3] an earlier instant is not missed, a later one and none are waited for", async () => {
  using made = makeTimer();
  made.timer.set(made.clock.ms + 3_600_000);
  made.timer.set(made.clock.ms + 1);
  made.clock.ms += 1;
  await made.called;
  assert.equal(made.calls(), 1);
  made.timer.set(made.clock.ms + 3_600_000);
  made.timer.set(null);
  made.clock.ms += 7_200_000;
  await pause(300);
  assert.equal(made.calls(), 1);
});

Deno.test("after its end nothing happens", async () => {
  const made = makeTimer();
  made.timer.set(made.clock.ms - 1);
  made[Symbol.dispose]();
  await pause(300);
  assert.equal(made.calls(), 0);
});
