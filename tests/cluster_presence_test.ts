import assert from "node:assert/strict";
import type { ParticipantId } from "@tafelrunde/protocol";
import { RESUME_WINDOW_MS } from "../edge/rooms/absences.ts";
import { startBackbone } from "./cluster_rig.ts";
import { EdgeProcess } from "./edge_process.ts";
import { startTestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/**
 * Time within which a dying edge is noticed, ms. Source: issue 3; 3.5 s of docs/protocol.md E1, and slack.
 */
const NOTICED_MS = 5_000;

/** What a busy machine can add, ms. */
const SLACK_MS = 3_000;

/** Step by which the clock is advanced, ms. */
const CLOCK_STEP_MS = 500;

/** Time before the end of the resume window from which the clock runs normally, ms. */
const END_MS = 6_000;

Deno.test("an edge killed with -9", async (t) => {
  await using backbone = await startBackbone("nats");
  await using dying = await EdgeProcess.start(backbone.env);
  let aheadMs = 0;
  await using living = await startTestEdge({ env: backbone.env, now: () => Date.now() + aheadMs });
  const room = await createRoom(living.origin);
  const ben = await new SignalClient(room).join(living.origin, "Ben");
  const anna = await new SignalClient(room).join(dying.origin, "Anna");
  await new SignalClient(room).join(dying.origin, "Cem");
  const idOf = (name: string) =>
    Object.values(ben.state.participants).find((one) => one.name === name)?.id as ParticipantId;
  const presenceOf = (id: ParticipantId) => ben.state.participants[id]?.presence;
  await ben.until(() => idOf("Cem") !== undefined && idOf("Anna") !== undefined);
  const [annasId, cemsId] = [idOf("Anna"), idOf("Cem")];
  await anna.ask({ type: "hand.raise", raised: true });

  await t.step("[E1] its participants are away within 5 s, and only its own", async () => {
    const killedAt = Date.now();
    await dying.kill();
    await ben.until(() => presenceOf(annasId) === "away" && presenceOf(cemsId) === "away");
    const noticedMs = Date.now() - killedAt;
    assert.ok(noticedMs < NOTICED_MS + SLACK_MS, `noticed after ${noticedMs} ms`);
    console.log(`away after ${noticedMs} ms`);
    assert.equal(presenceOf(idOf("Ben")), "here");
    assert.ok(ben.state.hand[annasId], "a raised hand stays up");
  });

  await t.step("[J3] a participant resumes at another edge with cookie and since alone", async () => {
    await ben.ask({ type: "chat.post", text: "meanwhile" });
    const since = anna.state.seq;
    const welcome = await anna.enter(living.origin, { since });
    assert.deepEqual([welcome.joined, welcome.you], [true, annasId]);
    await ben.until(() => presenceOf(annasId) === "here");
    await anna.until(() => anna.state.seq === ben.state.seq);
    assert.deepEqual(anna.state, ben.state);
    const seqs = anna.events.map((event) => event.seq);
    assert.deepEqual(seqs.filter((seq) => seq > since), range(since + 1, ben.state.seq));
  });

  await t.step(
    "[P6] a participant who does not come back has left only after the resume window",
    async () => {
      // At double speed, and normally towards the end. In small steps: an edge whose clock jumps restarts its
      // wait.
      const passing = setInterval(() => {
        if (aheadMs < (RESUME_WINDOW_MS - END_MS) / 2) aheadMs += CLOCK_STEP_MS;
        for (const client of [anna, ben]) client.send({ type: "ping", n: 1 });
      }, CLOCK_STEP_MS);
      try {
        await ben.until(() => presenceOf(cemsId) === undefined, 2 * RESUME_WINDOW_MS);
      } finally {
        clearInterval(passing);
      }
      const of = (type: "participant.away" | "participant.left") =>
        ben.events.find((event) => event.type === type && event.participantId === cemsId)!;
      const [away, left] = [of("participant.away"), of("participant.left")];
      assert.deepEqual([left.type === "participant.left" && left.reason, left.actor], ["lost", null]);
      const windowMs = left.at - away.at;
      assert.ok(
        windowMs > RESUME_WINDOW_MS && windowMs < RESUME_WINDOW_MS + SLACK_MS + 1_000,
        `${windowMs} ms`,
      );
    },
  );
  await Promise.all([anna.close(), ben.close()]);
});

Deno.test("[L6] a command accepted by an edge before it died is answered once by the next", async () => {
  await using backbone = await startBackbone("postgres");
  await using dying = await EdgeProcess.start(backbone.env);
  await using living = await startTestEdge({ env: backbone.env });
  const room = await createRoom(living.origin);
  const ben = await new SignalClient(room).join(living.origin, "Ben");
  const anna = await new SignalClient(room).join(dying.origin, "Anna");
  // Sent without waiting: some are stored when the edge dies, some are not.
  const ids = Array.from({ length: 100 }, () => crypto.randomUUID() as never);
  const post = (n: number) => anna.send({ type: "chat.post", id: ids[n]!, text: `message ${n}` });
  for (let n = 0; n < 50; n++) post(n);
  await anna.until(() => anna.state.chat.length > 0);
  for (let n = 50; n < 100; n++) post(n);
  await dying.kill();
  await anna.until(() => anna.closed !== undefined);
  const survived = anna.state.chat.length;
  await anna.enter(living.origin);
  const answers = await Promise.all(
    ids.map((id, n) => anna.ask({ type: "chat.post", text: `message ${n}` }, id)),
  );
  assert.ok(answers.every(({ type }) => type === "done" || type === "chat.posted"));
  await ben.until(() => ben.state.chat.length === 100);
  assert.deepEqual(
    ben.state.chat.map(({ text }) => text).sort(),
    ids.map((_, n) => `message ${n}`).sort(),
  );
  console.log(`of 100 commands ${survived} were acknowledged before the edge died`);
  await Promise.all([anna.close(), ben.close()]);
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}
