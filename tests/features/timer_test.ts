import assert from "node:assert/strict";
import { testInRoom } from "./two_edges.ts";

const codeOf = (answer: { readonly type: string; readonly code?: string }) => answer.code ?? answer.type;

testInRoom(
  "[Z1] [Z2] everyone sees a moderator's timer, at either edge, until it is stopped or replaced",
  async ({ olga, ben }) => {
    assert.equal(
      codeOf(await ben.ask({ type: "timer.start", lastsMs: null, asksReady: false })),
      "leadTimers.notAllowed",
    );
    assert.equal(
      codeOf(await olga.ask({ type: "timer.start", lastsMs: null, asksReady: false })),
      "timer.started",
    );
    await ben.until(() => ben.state.timer.running?.endsAt === null);
    assert.equal(codeOf(await ben.ask({ type: "timer.ready", isReady: true })), "timer.notAsking");
    await olga.ask({ type: "timer.start", lastsMs: 600_000, asksReady: false });
    await ben.until(() => ben.state.timer.running?.endsAt !== null);
    assert.equal(codeOf(await ben.ask({ type: "timer.stop" })), "leadTimers.notAllowed");
    await olga.ask({ type: "timer.stop" });
    await ben.until(() => ben.state.timer.ended?.reason === "stopped");
    assert.equal(ben.state.timer.running, null);
    assert.equal(codeOf(await olga.ask({ type: "timer.stop" })), "done");
  },
);

testInRoom(
  "[Z3] a ready check ends a countdown early once everyone is ready, and forgets those who leave",
  async ({ olga, ben, join }) => {
    const cem = await join("Cem");
    await olga.ask({ type: "timer.start", lastsMs: 600_000, asksReady: true });
    await ben.until(() => ben.state.timer.running !== null);
    for (const one of [ben, cem]) await one.ask({ type: "timer.ready", isReady: true });
    await cem.ask({ type: "timer.ready", isReady: false });
    await olga.until(() => olga.state.timer.running!.ready.length === 1);
    await cem.ask({ type: "timer.ready", isReady: true });
    await olga.ask({ type: "timer.ready", isReady: true });
    for (const one of [olga, ben, cem]) await one.until(() => one.state.timer.ended?.reason === "ready");

    await olga.ask({ type: "timer.start", lastsMs: null, asksReady: true });
    await cem.until(() => cem.state.timer.running !== null);
    await cem.ask({ type: "timer.ready", isReady: true });
    await cem.ask({ type: "participant.leave" });
    await olga.until(() => Object.keys(olga.state.participants).length === 2);
    assert.deepEqual(olga.state.timer.running!.ready, []);
  },
);

let aheadMs = 0;

testInRoom("[Z2] a countdown ends by itself, once, at both edges", async ({ olga, ben }) => {
  await olga.ask({ type: "timer.start", lastsMs: 60_000, asksReady: false });
  await ben.until(() => ben.state.timer.running !== null);
  aheadMs += 60_000;
  // Another event makes the edges look at their clocks, which the test has set.
  await ben.ask({ type: "hand.raise", raised: true });
  for (const one of [olga, ben]) await one.until(() => one.state.timer.ended?.reason === "over");
  for (const one of [olga, ben]) {
    assert.equal(one.received.filter(({ type }) => type === "timer.ended").length, 1);
  }
}, () => Date.now() + aheadMs);
