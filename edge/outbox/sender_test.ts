import assert from "node:assert/strict";
import { makeLog } from "@tafelrunde/protocol/process/log";
import * as v from "valibot";
import { makeMetrics } from "../metrics.ts";
import { addToOutbox } from "../store/outbox.ts";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { NotDelivered, outboxKind } from "./kind.ts";
import { OutboxSender } from "./sender.ts";

const AT = Date.parse("2026-03-23T07:00:00Z");

/** Longest wait for what a test waits for, ms. */
const WITHIN_MS = 60_000;

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (!await isSo()) {
    assert.ok(performance.now() < deadline, "it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What a hook does at its receiver. */
type Manners = "well" | "busy" | "forgetful" | "broken";

/** A server that gets hooks: it notes each id once, whatever it answers. */
function startReceiver() {
  const got = new Map<string, unknown>();
  let requests = 0;
  let manners: Manners = "well";
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    requests++;
    if (manners === "busy") return new Response(null, { status: 503 });
    if (manners === "broken") return new Response(null, { status: 410 });
    const id = request.headers.get("webhook-id")!;
    const isNew = !got.has(id);
    got.set(id, await request.json());
    // It has it, but its answer does not arrive.
    if (manners === "forgetful" && isNew) return new Response(null, { status: 502 });
    return new Response(null, { status: 204 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    got,
    get requests() {
      return requests;
    },
    set manners(value: Manners) {
      manners = value;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const HOOK = "hook";

/** A second kind beside mails: a request to a URL, with the item's id in a header. */
const makeHookKind = () =>
  outboxKind({
    name: HOOK,
    body: v.object({ url: v.string(), says: v.unknown() }),
    places: 4,
    placesPerShare: 2,
    tryMs: 10_000,
    backoff: { firstMs: 1_000, longestMs: 300_000 },
    giveUpMs: 3_600_000,
    async send({ id, body: { url, says } }, signal) {
      const headers = { "webhook-id": id, "content-type": "application/json" };
      let status: number;
      try {
        const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(says), signal });
        await response.body?.cancel();
        status = response.status;
      } catch {
        throw new NotDelivered(false, "unreachable");
      }
      if (status < 300) return { kind: "sent" };
      throw new NotDelivered(status === 410, `${status}`);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });

const addHook = (db: Db, url: string, says: unknown, share = "one", at = AT) =>
  addToOutbox(db, { kind: HOOK, variant: "meeting.ended", share, body: { url, says } }, at);

function startSender(db: Db, now: () => number, graceMs = 1_000) {
  const lines: string[] = [];
  const metrics = makeMetrics();
  const sender = new OutboxSender(
    { db, log: makeLog((line) => lines.push(line)), metrics, now },
    [makeHookKind()],
    { lookMs: 10, graceMs },
  );
  sender.start();
  return { lines, metrics, [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose]() };
}

const rowsOf = (db: Db) => db.selectFrom("outbox").selectAll().execute();

testOnStores(
  "[I4] a second kind is sent if and when its cause commits, by one of two edges",
  async (opened) => {
    const { store: { db } } = opened;
    await using receiver = startReceiver();
    await using _one = startSender(db, () => AT);
    await using _two = startSender((await opened.again()).db, () => AT);
    await assert.rejects(
      db.transaction().execute(async (trx) => {
        await addHook(trx, receiver.url, "never");
        throw new Error("not after all");
      }),
    );
    for (let n = 0; n < 40; n++) await addHook(db, receiver.url, n);
    await until(async () => (await rowsOf(db)).length === 0);
    assert.deepEqual(
      [...receiver.got.values()].sort((a, b) => Number(a) - Number(b)),
      Array.from({ length: 40 }, (_, n) => n),
    );
    assert.equal(receiver.requests, 40);
  },
);

testOnStores(
  "[I4] nothing is lost, and a receiver that looks at the id gets each item once",
  async ({ store: { db } }) => {
    let now = AT;
    await using receiver = startReceiver();
    await using sender = startSender(db, () => now);
    receiver.manners = "busy";
    for (let n = 0; n < 5; n++) await addHook(db, receiver.url, n);
    await until(async () =>
      (await rowsOf(db)).every(({ due_at, tries }) => tries === 1 && due_at.getTime() === AT + 1_000)
    );
    receiver.manners = "forgetful";
    now += 1_000;
    await until(async () =>
      (await rowsOf(db)).every(({ due_at, tries }) => tries === 2 && due_at.getTime() === now + 2_000)
    );
    assert.equal(receiver.got.size, 5);
    now += 2_000;
    await until(async () => (await rowsOf(db)).length === 0);
    assert.deepEqual([receiver.got.size, receiver.requests], [5, 15]);
    assert.equal(sender.lines.filter((line) => line.includes("outbox.deferred")).length, 5);
  },
);

testOnStores(
  "[I4] an item whose edge was killed while it sent it is sent by another one",
  async ({ store: { db } }) => {
    let now = AT;
    await using receiver = startReceiver();
    await addHook(db, receiver.url, "late");
    // A killed edge leaves only its claim.
    await db.updateTable("outbox").set({ due_at: new Date(AT + 70_000), tries: 1 }).execute();
    await using _sender = startSender(db, () => now);
    await addHook(db, receiver.url, "soon");
    await until(() => receiver.got.size === 1);
    assert.deepEqual([...receiver.got.values()], ["soon"]);
    now += 70_000;
    await until(() => receiver.got.size === 2);
  },
);

testOnStores(
  "[I5] what can never be sent is given up, keeps no content, and stops nothing else",
  async ({ store: { db } }) => {
    let now = AT;
    await using receiver = startReceiver();
    await using dead = startReceiver();
    dead.manners = "broken";
    // Refused for good; never accepted; unreadable; ended each edge that tried it.
    await addHook(db, dead.url, "secret");
    await addHook(db, "http://127.0.0.1:1/", "secret");
    await addToOutbox(db, { kind: HOOK, variant: "odd", share: "one", body: "secret" }, AT);
    await addHook(db, receiver.url, "secret", "killer");
    await db.updateTable("outbox").set({ tries: 50 }).where("share", "=", "killer").execute();
    await using sender = startSender(db, () => now);
    for (let n = 0; n < 20; n++) await addHook(db, receiver.url, n);
    await until(() => receiver.got.size === 20);
    for (let minutes = 0; minutes <= 60; minutes++) {
      now += 60_000;
      await until(async () =>
        (await rowsOf(db)).every(({ due_at, failed_at }) => failed_at !== null || due_at.getTime() > now)
      );
    }
    const failed = await rowsOf(db);
    assert.deepEqual(failed.map(({ failure }) => failure).sort(), [
      "410",
      "tries",
      "unreachable",
      "unreadable",
    ]);
    for (const { body, about, failed_at } of failed) {
      assert.deepEqual([body, about, failed_at === null], [
        null,
        null,
        false,
      ]);
    }
    assert.ok(failed.every(({ tries }) => tries <= 65));
    assert.equal(receiver.requests, 20);
    assert.ok(!sender.lines.some((line) => line.includes("secret")));
  },
);

testOnStores(
  "[I6] a tenant with many items, or a receiver that does not answer, holds up no other tenant",
  async ({ store: { db } }) => {
    await using receiver = startReceiver();
    const release = Promise.withResolvers<void>();
    let waiting = 0;
    let most = 0;
    const silent = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async () => {
      most = Math.max(most, ++waiting);
      await release.promise;
      waiting--;
      return new Response(null, { status: 204 });
    });
    for (let n = 0; n < 50; n++) {
      await addHook(
        db,
        `http://127.0.0.1:${silent.addr.port}`,
        n,
        "silent",
        AT - 1_000,
      );
    }
    for (let n = 0; n < 50; n++) await addHook(db, receiver.url, `many ${n}`, "many", AT - 500);
    await addHook(db, receiver.url, "one", "small");
    {
      await using _sender = startSender(db, () => AT);
      await until(() => receiver.got.size === 51);
      const place = [...receiver.got.values()].indexOf("one");
      assert.ok(place < 5, `it came as number ${place}`);
      assert.equal(most, 2);
      release.resolve();
      await until(async () => (await rowsOf(db)).length === 0);
    }
    await silent.shutdown();
  },
);

testOnStores(
  "[I4] an edge that shuts down leaves what it could not send to the next, at once",
  async ({ store: { db } }) => {
    const asked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const silent = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async () => {
      asked.resolve();
      await release.promise;
      return new Response(null, { status: 204 });
    });
    await addHook(db, `http://127.0.0.1:${silent.addr.port}`, "later");
    const first = startSender(db, () => AT, 20);
    await asked.promise;
    await first[Symbol.asyncDispose]();
    const [row] = await rowsOf(db);
    assert.equal(row!.due_at.getTime(), AT);
    release.resolve();
    await using _second = startSender(db, () => AT);
    await until(async () => (await rowsOf(db)).length === 0);
    await silent.shutdown();
  },
);
