import assert from "node:assert/strict";
import {
  CLOSE,
  type CommandId,
  type Down,
  type EdgeId,
  type Event,
  newCommandId,
  NEWEST_CLIENT_VERSION,
  PROTOCOL_VERSION,
  randomToken,
  type Up,
} from "@tafelrunde/protocol";
import { sql } from "kysely";
import { endLease, renewLease } from "../edge/store/lease.ts";
import { appendEvents } from "../edge/store/room_log.ts";
import type { Db } from "../edge/store/schema.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startBackbone } from "./cluster_rig.ts";
import { EdgeProcess } from "./edge_process.ts";
import { type Serving, startTestEdge, type TestEdge } from "./edge_rig.ts";
import { OLDER_VERSION } from "./older_edge.ts";
import { type CommandDraft, createRoom, SignalClient } from "./signal_client.ts";

const OLDER = "o".repeat(16) as EdgeId;

const SERVINGS = ["server", "function"] as const satisfies readonly Serving[];

/** Every command of a feature, as a room's owner can send it. */
const ASKS: readonly CommandDraft[] = [
  { type: "hand.raise", raised: true },
  { type: "hand.lower", participantId: null },
  { type: "chat.post", text: "hello" },
  { type: "chat.delete", messageSeq: 1 },
];

const codeOf = (answer: Down) => answer.type === "refused" ? answer.code : answer.type;

/** The version that the edge of `client` last sent. */
function clusterVersion({ received }: SignalClient): number | undefined {
  const told = received.findLast(({ type }) => type === "welcome" || type === "cluster");
  return (told as { clusterVersion: number } | undefined)?.clusterVersion;
}

const knows = (version: number) => (client: SignalClient) =>
  client.until(() => clusterVersion(client) === version, 60_000);

/** An edge of an older release joins the cluster, and holds its lease until changed. */
async function olderComes(db: Db): Promise<void> {
  await renewLease(db, OLDER, OLDER_VERSION);
  await sql`update edge set seen_at = now() + interval '1 hour' where id = ${OLDER}`.execute(db);
}

for (const serving of SERVINGS) {
  testOnStores(`[V5] an edge beside an older one, as a ${serving}`, async ({ store }, t) => {
    const { db } = store;
    await olderComes(db);
    await using edge = await startTestEdge({ store, serving });
    const { origin } = edge;
    const device = randomToken();
    const room = await createRoom(origin, "Rat", device);
    const anna = await new SignalClient(room, { device }).join(origin, "Anna");
    const ben = new SignalClient(room);
    await ben.enter(origin);

    await t.step("it says so in its welcome, to direct joins too", async () => {
      assert.deepEqual([anna, ben].map(clusterVersion), [OLDER_VERSION, OLDER_VERSION]);
      const response = await fetch(`${origin}/v1/rooms/${room.room}/hello`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          version: PROTOCOL_VERSION,
          room: room.room,
          link: room.link,
          tab: crypto.randomUUID(),
          peer: "none",
        }),
      });
      assert.equal((await response.json()).welcome.clusterVersion, OLDER_VERSION);
    });

    await t.step(
      "what the older one does not know is refused by name, and has no effect",
      async () => {
        const before = anna.state;
        for (const ask of ASKS) {
          assert.equal(codeOf(await anna.ask(ask)), "feature.unavailable", ask.type);
        }
        anna.send({ type: "reaction.send", reaction: "👍" } as Up);
        await anna.ping();
        assert.deepEqual([anna.state, anna.received.some(({ type }) => type === "reaction")], [
          before,
          false,
        ]);
        assert.equal(await edge.count('tafelrunde_edge_refused_total{code="feature.unavailable"}'), 4);
      },
    );

    await t.step("what every edge knows is done", async () => {
      assert.equal((await anna.ask({ type: "room.change", name: "Rat 2" })).type, "room.changed");
      assert.equal((await ben.ask({ type: "participant.join", name: "Ben" })).type, "done");
      await anna.until(() => Object.keys(anna.state.participants).length === 2);
    });

    await t.step("once its lease has expired everyone is notified, and everything works", async () => {
      await sql`update edge set seen_at = now() - interval '1 hour' where id = ${OLDER}`.execute(db);
      await Promise.all([anna, ben].map(knows(PROTOCOL_VERSION)));
      for (const ask of ASKS) assert.notEqual(codeOf(await anna.ask(ask)), "feature.unavailable", ask.type);
      anna.send({ type: "reaction.send", reaction: "👍" } as Up);
      await ben.next("reaction", 0);
      assert.equal(ben.received.filter(({ type }) => type === "cluster").length, 1, "told once");
    });

    await t.step(
      "when an older one comes back, it is refused again, until that one shuts down",
      async () => {
        await olderComes(db);
        await Promise.all([anna, ben].map(knows(OLDER_VERSION)));
        assert.equal(codeOf(await ben.ask({ type: "hand.raise", raised: true })), "feature.unavailable");
        await endLease(db, OLDER);
        await Promise.all([anna, ben].map(knows(PROTOCOL_VERSION)));
        assert.equal(codeOf(await ben.ask({ type: "hand.raise", raised: true })), "hand.raised");
      },
    );

    await t.step("the log says when it changed, and nothing else", () => {
      const told = edge.logged.filter((line) => line.includes('"cluster.version"'));
      assert.deepEqual(told.map((line) => JSON.parse(line).version), [
        OLDER_VERSION,
        PROTOCOL_VERSION,
        OLDER_VERSION,
        PROTOCOL_VERSION,
      ]);
      assert.deepEqual(edge.complaints, []);
    });
    await Promise.all([anna.close(), ben.close()]);
  });

  testOnStores(`[V6] commands of a newer release, at an edge as a ${serving}`, async ({ store }, t) => {
    await using edge = await startTestEdge({ store, serving });
    const { origin } = edge;
    const room = await createRoom(origin);
    const newer = async (name: string) =>
      await new SignalClient(room, { version: NEWEST_CLIENT_VERSION }).join(origin, name);
    const sendForeign = (client: SignalClient, id: CommandId, type = "quiz.open") =>
      client.sendText(JSON.stringify({ type, id, question: { text: "Who?" }, options: ["a", "b"] }));
    const answerTo = async (client: SignalClient, id: CommandId) => {
      let answer: Down | undefined;
      await client.until(() =>
        (answer = client.received.find((message) => "cause" in message && message.cause === id)) !== undefined
      );
      return codeOf(answer!);
    };
    const closesAsMalformed = async (client: SignalClient) => {
      await client.until(() => client.closed !== undefined);
      assert.equal(client.closed!.code, CLOSE.malformed.code);
    };

    await t.step("are refused by name, each with its id, and the socket stays open", async () => {
      const anna = await newer("Anna");
      for (const type of ["quiz.open", "hand.wave", "breakout.moveAll", "constructor.call"]) {
        const id = newCommandId();
        sendForeign(anna, id, type);
        assert.equal(await answerTo(anna, id), "feature.unavailable", type);
      }
      assert.equal((await anna.ask({ type: "chat.post", text: "on" })).type, "chat.posted");
      await anna.close();
    });

    await t.step("[P7] are refused before joining", async () => {
      const waiting = new SignalClient(room, { version: NEWEST_CLIENT_VERSION });
      await waiting.enter(origin);
      const id = newCommandId();
      sendForeign(waiting, id);
      assert.equal(await answerTo(waiting, id), "participant.notJoined");
      await waiting.close();
    });

    await t.step("[L6] are done if an edge that knows them has stored them before", async () => {
      const anna = await newer("Anna");
      const id = newCommandId();
      // What an edge of the newer release stores for it: an event with its id as cause.
      const { you: actor, state: { seq } } = anna;
      const opened = { type: "quiz.opened", seq: seq + 1, at: 1, actor, cause: id, question: "Who?" };
      assert.equal(await appendEvents(store.db, room.room, [opened as unknown as Event]), "stored");
      sendForeign(anna, id);
      assert.equal(await answerTo(anna, id), "done");
      await anna.close();
    });

    await t.step("[M5] are counted like any message", async () => {
      const anna = await newer("Anna");
      const ids = Array.from({ length: 300 }, () => newCommandId());
      for (const id of ids) sendForeign(anna, id);
      const answers = await Promise.all(ids.map((id) => answerTo(anna, id)));
      assert.ok(answers.includes("message.tooFrequent"));
      await anna.close();
    });

    await t.step("[M1] are violations from a client of this version, and before hello", async () => {
      const current = await new SignalClient(room).join(origin, "Ben");
      sendForeign(current, newCommandId());
      await closesAsMalformed(current);
      const early = new SignalClient(room, { version: NEWEST_CLIENT_VERSION });
      await early.connect(origin);
      sendForeign(early, newCommandId());
      await closesAsMalformed(early);
    });

    await t.step("[M1] a message that is not a command is a violation, whoever sends it", async () => {
      const id = newCommandId();
      const garbage = [
        `{"type":"quiz.open"}`,
        `{"type":"quiz.open","id":7}`,
        `{"type":"poll","id":"${id}"}`,
        `{"type":"__proto__","id":"${id}"}`,
        `{"type":"a.${"b".repeat(64)}","id":"${id}"}`,
        `{"type":"quiz.open","id":"${id}"`,
        `{"type":"chat.post","id":"${id}","text":"x","more":1}`,
      ];
      for (const text of garbage) {
        const client = await newer("Anna");
        client.sendText(text);
        await closesAsMalformed(client);
      }
    });
    assert.deepEqual(edge.complaints, []);
  });
}

/** Sends a command that a running older edge does not know. */
async function isRefused(person: SignalClient): Promise<void> {
  for (;;) {
    await knows(OLDER_VERSION)(person);
    const seen = person.received.length;
    const code = codeOf(await person.ask({ type: "hand.lower", participantId: person.you! }));
    // On a busy machine its lease may have expired for a moment.
    const hasChanged = person.received.slice(seen).some(({ type }) => type === "cluster");
    if (!hasChanged) return assert.equal(code, "feature.unavailable");
  }
}

Deno.test("[V5] a room over edges of two releases, the older of which is killed", async (t) => {
  await using stack = new AsyncDisposableStack();
  const backbone = stack.use(await startBackbone("postgres"));
  const older = stack.use(await EdgeProcess.start(backbone.env, { entry: "tests/older_edge.ts" }));
  const newer: TestEdge[] = [];
  for (const serving of SERVINGS) {
    newer.push(stack.use(await startTestEdge({ env: backbone.env, serving })));
  }
  const room = await createRoom(older.origin);
  const olga = await new SignalClient(room).join(older.origin, "Olga");
  const people: SignalClient[] = [];
  for (const [at, { origin }] of newer.entries()) {
    people.push(await new SignalClient(room).join(origin, `New ${at}`));
  }
  const everyone = [olga, ...people];

  await t.step("the room works, and a feature is refused by name on every edge", async () => {
    for (const person of everyone) await isRefused(person);
    const renamed = await Promise.all(
      everyone.map((person) =>
        person.ask({ type: "participant.rename", participantId: person.you!, name: `${person.you} again` })
      ),
    );
    assert.deepEqual(renamed.map(codeOf), renamed.map(() => "participant.renamed"));
    const last = Math.max(...renamed.map((event) => (event as { seq: number }).seq));
    await Promise.all(everyone.map((person) => person.until(() => person.state.seq >= last)));
    const orders = everyone.map((person) =>
      person.events.filter(({ type }) => type === "participant.renamed").map(({ seq }) => seq)
    );
    for (const order of orders) assert.deepEqual(order, [...orders[0]!].sort((a, b) => a - b));
  });

  await t.step("once it is killed and its lease has expired, it works on all that are left", async () => {
    await older.kill();
    await olga.until(() => olga.closed !== undefined);
    assert.ok((await olga.enter(newer[0]!.origin)).joined);
    await Promise.all(everyone.map(knows(PROTOCOL_VERSION)));
    for (const person of everyone) {
      assert.equal((await person.ask({ type: "chat.post", text: person.you! })).type, "chat.posted");
      assert.equal((await person.ask({ type: "hand.raise", raised: true })).type, "hand.raised");
    }
  });

  await t.step("everyone received the same, including those who were on it", async () => {
    const last = Math.max(...everyone.map(({ state }) => state.seq));
    await Promise.all(everyone.map((person) => person.until(() => person.state.seq >= last)));
    assert.equal(people[0]!.state.chat.length, everyone.length);
    for (const person of everyone) assert.deepEqual(person.state, people[0]!.state);
  });

  await t.step("when it is restarted, it is refused again, until it shuts down in order", async () => {
    await older.startAgain();
    await isRefused(people[0]!);
    assert.equal((await older.terminate()).code, 0);
    await Promise.all(everyone.map(knows(PROTOCOL_VERSION)));
    assert.equal(codeOf(await people[1]!.ask({ type: "chat.post", text: "x" })), "chat.posted");
  });
  for (const person of everyone) await person.close();
});
