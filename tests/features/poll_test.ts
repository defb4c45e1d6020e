import assert from "node:assert/strict";
import { type DownOf, personOf } from "@tafelrunde/protocol";
import type { PollResult } from "@tafelrunde/protocol/features/poll/messages";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { makeTenant, signIn } from "../rest_client.ts";
import { type CommandDraft, SignalClient } from "../signal_client.ts";
import { testInRoom } from "./two_edges.ts";

type Opening = Extract<CommandDraft, { type: "poll.open" }>;
type Opened = DownOf<"poll.opened">;

const LUNCH: Opening = {
  type: "poll.open",
  question: { text: "Lunch?" },
  options: [{ text: "Soup" }, { text: "Salad" }, { text: "Both" }],
  isMultiple: false,
  results: "live",
  names: "named",
  lastsMs: null,
};

async function open(client: SignalClient, kind: Partial<Opening> = {}): Promise<number> {
  const opened = await client.ask({ ...LUNCH, ...kind });
  assert.equal(opened.type, "poll.opened", JSON.stringify(opened));
  return (opened as Opened).seq;
}

const codeOf = (answer: { readonly type: string; readonly code?: string }) => answer.code ?? answer.type;

testInRoom(
  "[O1] [O2] [O4] a poll by name, live: everyone sees who answers what, at either edge",
  async ({ olga, ben, join }) => {
    const cem = await join("Cem");
    const poll = await open(olga);
    await ben.until(() => ben.state.poll[poll] !== undefined);
    await ben.ask({ type: "poll.answer", poll, options: [1] });
    await cem.ask({ type: "poll.answer", poll, options: [0] });
    await cem.ask({ type: "poll.answer", poll, options: [1] });
    assert.equal(
      codeOf(await cem.ask({ type: "poll.answer", poll, options: [1] })),
      "done",
      "nothing to change",
    );
    await olga.until(() => olga.state.poll[poll]!.counts![1] === 2);
    for (const one of [olga, ben, cem]) {
      const { answered, counts, answers } = one.state.poll[poll]!;
      assert.deepEqual([answered, counts], [2, [0, 2, 0]]);
      assert.deepEqual(Object.values(answers).map(({ name }) => name).sort(), ["Ben", "Cem"]);
    }
    await ben.ask({ type: "poll.answer", poll, options: [] });
    await olga.until(() => olga.state.poll[poll]!.answered === 1);
  },
);

testInRoom(
  "[O4] [O5] hidden names, results at the end: only numbers reach others, moderators included",
  async ({ olga, ben, join }) => {
    const cem = await join("Cem");
    const poll = await open(olga, { names: "hidden", results: "end", isMultiple: true });
    await ben.until(() => ben.state.poll[poll] !== undefined);
    await ben.ask({ type: "poll.answer", poll, options: [2, 0] });
    await olga.until(() => olga.state.poll[poll]!.answered === 1);
    assert.deepEqual([olga.state.poll[poll]!.counts, olga.state.poll[poll]!.answers], [null, {}]);
    assert.deepEqual(ben.state.poll[poll]!.answers[personOf(ben.state.participants[ben.you!]!)]?.options, [
      0,
      2,
    ], "one's own");
    await olga.ask({ type: "poll.close", poll });
    await cem.until(() => cem.state.poll[poll]!.closedAt !== null);
    for (const one of [olga, cem]) {
      assert.deepEqual([one.state.poll[poll]!.counts, one.state.poll[poll]!.answers], [[1, 0, 1], {}]);
      const told = JSON.stringify(one.received.filter(({ type }) => type.startsWith("poll.")));
      assert.ok(!told.includes("poll.answered") && !told.includes(ben.you!), told);
    }
    // Somebody who comes later sees no more.
    const dora = await join("Dora");
    assert.deepEqual(dora.state.poll[poll]!.answers, {});
    assert.equal(codeOf(await dora.ask({ type: "poll.answer", poll, options: [0] })), "poll.closed");
  },
);

testInRoom("[O1] [O2] what does not fit is refused by name", async ({ olga, ben }) => {
  assert.equal(codeOf(await ben.ask(LUNCH)), "leadPolls.notAllowed");
  assert.equal(codeOf(await olga.ask({ ...LUNCH, question: { text: " \u200f" } })), "poll.questionInvalid");
  for (const options of [["a"], ["a", " "], ["a", "a"], ["a", "b".repeat(201)]]) {
    assert.equal(
      codeOf(await olga.ask({ ...LUNCH, options: options.map((text) => ({ text })) })),
      "poll.optionsInvalid",
      options.join(),
    );
  }
  const poll = await open(olga);
  for (const options of [[3], [0, 1], [0, 0]]) {
    assert.equal(
      codeOf(await ben.ask({ type: "poll.answer", poll, options })),
      "poll.answerInvalid",
      options.join(),
    );
  }
  assert.equal(codeOf(await ben.ask({ type: "poll.answer", poll: 9_999, options: [0] })), "poll.unknown");
  assert.equal(codeOf(await ben.ask({ type: "poll.close", poll })), "leadPolls.notAllowed");
  for (let n = 1; n < 5; n++) await open(olga);
  assert.equal(codeOf(await olga.ask(LUNCH)), "poll.tooMany");
});

let aheadMs = 0;
const now = () => Date.now() + aheadMs;

testInRoom("[O3] a poll ends by itself, once, at both edges", async ({ olga, ben }) => {
  const poll = await open(olga, { lastsMs: 60_000 });
  await ben.until(() => ben.state.poll[poll] !== undefined);
  await ben.ask({ type: "poll.answer", poll, options: [0] });
  aheadMs += 60_000;
  assert.equal(
    codeOf(await ben.ask({ type: "poll.answer", poll, options: [1] })),
    "poll.closed",
    "the time is over",
  );
  // Another event makes the edges look at their clocks, which the test has set.
  await ben.ask({ type: "hand.raise", raised: true });
  for (const one of [olga, ben]) await one.until(() => one.state.poll[poll]!.closedAt !== null);
  for (const one of [olga, ben]) {
    assert.deepEqual(one.state.poll[poll]!.counts, [1, 0, 0]);
    assert.equal(one.received.filter(({ type }) => type === "poll.closed").length, 1);
  }
}, now);

testInRoom(
  "[O6] whoever leads the room gets the results over REST, and nobody else",
  async ({ edges, store: { db } }) => {
    const { origin } = edges[1];
    const tenant = await makeTenant(db, "house");
    const [anna, ben] = [
      await signIn(db, origin, tenant, { name: "Anna" }),
      await signIn(db, origin, tenant, { name: "Ben" }),
    ];
    const room = await anna.get<RoomCreated>("POST", "/v1/rooms", { name: "Council" });
    const leader = await new SignalClient(room, { session: anna.session }).join(edges[0].origin, "Anna");
    const guest = await new SignalClient(room).join(origin, "Guest");
    const polls = [await open(leader), await open(leader, { names: "hidden", results: "end" })];
    for (const poll of polls) {
      await guest.until(() => guest.state.poll[poll] !== undefined);
      await guest.ask({ type: "poll.answer", poll, options: [1] });
    }
    const path = `/v1/rooms/${room.room}/polls`;
    const results = (await anna.get<{ polls: PollResult[] }>("GET", path)).polls;
    assert.deepEqual(results.map(({ poll }) => poll), polls);
    assert.deepEqual(results.map(({ answered, counts }) => [answered, counts]), [[1, [0, 1, 0]], [1, null]]);
    assert.deepEqual(results.map(({ answers }) => answers?.map(({ name }) => name) ?? null), [
      ["Guest"],
      null,
    ]);
    assert.deepEqual(await ben.fail("GET", path), [404, "room.unknown"]);
    assert.equal((await fetch(`${origin}${path}`)).status, 401);
    for (const client of [leader, guest]) await client.close();
  },
);
