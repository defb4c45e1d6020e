import assert from "node:assert/strict";
import { CLOSE, type Down, isRefusal, NEWEST_CLIENT_VERSION, PROTOCOL_VERSION } from "@tafelrunde/protocol";
import { seededRandom } from "./cluster_random.ts";
import { startBackbone } from "./cluster_rig.ts";
import { EdgeProcess } from "./edge_process.ts";
import { RoamingClient } from "./roaming_client.ts";
import { createRoom, SignalClient } from "./signal_client.ts";
import { signalingSteps } from "./signaling_steps.ts";

const DRAIN_S = 3;

/** What a busy machine can add, ms. */
const SLACK_MS = 5_000;

Deno.test("[E6] an edge asked to stop moves its participants elsewhere: spread out, nothing missed, nothing unanswered", async () => {
  await using backbone = await startBackbone("nats");
  const env = { ...backbone.env, DRAIN_S: String(DRAIN_S) };
  await using ending = await EdgeProcess.start(env);
  await using staying = await EdgeProcess.start(env);
  const random = seededRandom(1);
  const room = await createRoom(staying.origin);
  await using stack = new AsyncDisposableStack();
  const ben = await new SignalClient(room).join(staying.origin, "Ben");
  const people: RoamingClient[] = [];
  // The stopping edge first: that is where they are when it stops.
  let isEnding = false;
  const origins = () => isEnding ? [ending.origin, staying.origin] : [ending.origin];
  for (let n = 0; n < 30; n++) {
    const version = n < 5 ? NEWEST_CLIENT_VERSION : PROTOCOL_VERSION;
    const options = { origins, random, version };
    people.push(stack.use(await RoamingClient.join(room, `Person ${n}`, options)));
  }
  const answers: Promise<Down>[] = [];
  const texts: string[] = [];
  const talk = () => {
    for (const [n, person] of people.entries()) {
      const text = `${n} says ${texts.length}`;
      texts.push(text);
      answers.push(person.ask({ type: "chat.post", text }));
    }
  };
  talk();
  isEnding = true;
  const ended = ending.terminate();
  talk();
  const begunAt = Date.now();
  let isOver = false;
  void ended.then(() => isOver = true);
  let refused = 0;
  while (!isOver) {
    // No new sockets, and a load balancer is told so; at the very end the edge no longer responds.
    const health = await fetch(`${ending.origin}/v1/health`).catch(() => undefined);
    await health?.body?.cancel();
    if (health?.status === 503) refused++;
    talk();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { code, afterMs } = await ended;
  assert.equal(code, 0, ending.complaints.join("\n"));
  assert.ok(afterMs < DRAIN_S * 1000 + SLACK_MS, `${afterMs} ms`);
  assert.ok(refused > 0);

  for (const answer of await Promise.all(answers)) {
    assert.ok(!isRefusal(answer) && answer.type !== "refused", JSON.stringify(answer));
  }
  await ben.until(() => ben.state.chat.length === texts.length);
  assert.deepEqual(ben.state.chat.map(({ text }) => text).sort(), texts.sort());
  for (const person of people) {
    await person.client.until(() => person.state.seq === ben.state.seq);
    assert.deepEqual(person.state, ben.state);
    assert.equal(person.moves, 1);
  }
  const movedAfter = people.flatMap(({ movings }) => movings.map(({ movedAt }) => movedAt! - begunAt)).sort(
    (a, b) => a - b,
  );
  assert.equal(movedAfter.length, people.length, "each of them is told to move");
  const [first, last] = [movedAfter[0]!, movedAfter.at(-1)!];
  assert.ok(last - first > DRAIN_S * 1000 / 2, `all within ${last - first} ms`);
  console.log(
    `30 people moved between ${first} and ${last} ms, the edge ended after ${afterMs} ms, ` +
      `${texts.length} messages meanwhile: none lost, none doubled`,
  );
  await ben.close();
});

Deno.test("[E6] [V2] a client one release ahead works; one that does not move is closed with 1012", async (t) => {
  await using backbone = await startBackbone("postgres");
  await using edge = await EdgeProcess.start({ ...backbone.env, DRAIN_S: "2" });
  await signalingSteps(t, edge.origin, backbone.store, NEWEST_CLIENT_VERSION);
  const room = await createRoom(edge.origin);
  const ahead = new SignalClient(room, { version: NEWEST_CLIENT_VERSION });
  const welcome = await ahead.enter(edge.origin);
  assert.equal(welcome.version, PROTOCOL_VERSION);
  await ahead.ask({ type: "participant.join", name: "Ahead" });
  const current = await new SignalClient(room).join(edge.origin, "Current");
  const ended = edge.terminate();
  await Promise.all([ahead, current].map((client) => client.next("moving", 0)));
  const late = new SignalClient(room);
  await assert.rejects(late.connect(edge.origin), /503/);
  assert.equal((await current.ask({ type: "chat.post", text: "still answered" })).type, "chat.posted");
  await Promise.all([ahead, current].map((client) => client.until(() => client.closed !== undefined)));
  assert.deepEqual([ahead.closed!.code, current.closed!.code], [CLOSE.restart.code, CLOSE.restart.code]);
  assert.equal((await ended).code, 0);
});
